/**
 * Watches how this process ends. A hosted application may call `process.exit()`. If the process ends without being asked to, this reports
 * it with the exit code and keeps that code; only a start that ends with 0 exits with 1.
 */
export class Ending {
  /** The current phase. An end after `over` is intended. */
  phase: 'starting' | 'serving' | 'over' = 'starting';
  /** Receives the report. */
  complain: (text: string) => void = (text) => void process.stderr.write(`${text}\n`);
  #app: string | null = null;
  #isIdle = false;
  /** Node itself reports an uncaught error. */
  #isToldByNode = false;

  constructor() {
    process.once('beforeExit', () => {
      this.#isIdle = true;
    });
    process.on('uncaughtExceptionMonitor', () => {
      this.#isToldByNode = process.listenerCount('uncaughtException') === 0;
    });
    process.on('exit', (code) => this.#tell(code));
  }

  /** From now on this process runs the code of this module. */
  host(app: string): void {
    this.#app = app;
  }

  #tell(code: number): void {
    if (this.phase === 'over' || this.#isToldByNode || (this.#app === null && code !== 0)) return;
    const app = this.#app ?? 'The application';
    const why = this.#isIdle ? 'it waits for something that cannot come' : `it called process.exit(${code})`;
    const isStarting = this.phase === 'starting';
    this.complain(`${app} ${isStarting ? 'never finished starting' : 'ended the server'}: ${why}.`);
    if (isStarting && code === 0) process.exitCode = 1;
  }
}
