import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A program that runs in a process of its own, from source: what needs other descriptors or limits than the tests have. */
export interface Program {
  readonly file: string;
  remove(): Promise<void>;
}

/** Bundles the package with a program that imports from `./src/index.ts`. */
export async function bundleProgram(source: string): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'program-'));
  const file = join(folder, 'program.mjs');
  await build({
    stdin: { contents: source, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    conditions: ['windhover-source'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: file,
    logLevel: 'silent',
  });
  return { file, remove: () => rm(folder, { recursive: true }) };
}

/** A child whose lines of output are waited for. */
export class Child {
  readonly process: ChildProcess;
  readonly exited: Promise<unknown>;
  private output = '';

  constructor(command: string, parameters: readonly string[], options: SpawnOptions = {}) {
    this.process = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    this.exited = once(this.process, 'exit');
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    }
  }

  /** What follows `word` on the first line that begins with it. */
  async line(word: string): Promise<string> {
    for (;;) {
      const found = new RegExp(`^${word} ?(.*)\\n`, 'm').exec(this.output);
      if (found !== null) return found[1]!;
      if (this.process.exitCode !== null) throw new Error(`No "${word}": ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  count(word: string): number {
    return this.output.split('\n').filter((line) => line.startsWith(word)).length;
  }

  async stop(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }
}
