import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * A program in a process of its own, bundled from source, for tests that need other descriptors or limits than their
 * own process has.
 */
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

/** A child process; the test waits for lines of its output. */
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

  /** The rest of the first line that begins with `word`. */
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
