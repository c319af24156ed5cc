import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** A process whose output the test waits for. It ends with the test. */
export class Child {
  readonly process: ChildProcess;
  readonly exited: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;
  output = '';

  constructor(command: string, parameters: readonly string[], options: SpawnOptions = {}) {
    this.process = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    this.exited = once(this.process, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    }
    onTestFinished(() => void this.process.kill('SIGKILL'));
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
}
