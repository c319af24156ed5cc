/**
 * Watches how this process ends. Whoever hosts an application hosts its `process.exit()` too: an end that nobody has asked this program for is told,
 * with the exit code, which stays.
 */
export class Ending {
  /** How far it has come. What happens after `over` is meant so. */
  phase: 'starting' | 'serving' | 'over' = 'starting';
  /** Where it is told. */
  complain: (text: string) => void = (text) => void process.stderr.write(`${text}\n`);
  #app: string | null = null;
  #isIdle = false;
  /** Node tells of an error that nobody has caught by itself. */
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

  /** From now on the code of this module runs in this process. */
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
