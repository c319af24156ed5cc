import { Worker } from 'node:worker_threads';
import { authError } from '../errors.ts';

/** One check of a password. */
export interface PasswordJob {
  readonly password: string;
  readonly hash: string;
  resolve(isRight: boolean): void;
  reject(error: Error): void;
}

/** A thread that checks one password at a time. It starts with its first job and does not keep the process alive. */
export class PasswordThread {
  private worker: Worker | null = null;
  private job: PasswordJob | null = null;
  private readonly url: URL;
  private readonly onFree: (thread: PasswordThread) => void;

  constructor(url: URL, onFree: (thread: PasswordThread) => void) {
    this.url = url;
    this.onFree = onFree;
  }

  run(job: PasswordJob): void {
    this.job = job;
    this.worker ??= this.start();
    this.worker.ref();
    this.worker.postMessage({ password: job.password, hash: job.hash });
  }

  close(): void {
    void this.worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(this.url);
    worker.on('message', ({ isRight, error }: { isRight?: boolean; error?: string }) => {
      if (error === undefined) this.finish((job) => job.resolve(isRight === true));
      else this.finish((job) => job.reject(authError('AUTH_HASH_FAILED', error)));
    });
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => {
      this.worker = null;
      this.finish((job) => job.reject(authError('AUTH_HASH_FAILED', 'the thread has ended', cause)));
    });
    return worker;
  }

  private finish(settle: (job: PasswordJob) => void): void {
    const { job } = this;
    if (job === null) return;
    this.job = null;
    this.worker?.unref();
    settle(job);
    this.onFree(this);
  }
}
