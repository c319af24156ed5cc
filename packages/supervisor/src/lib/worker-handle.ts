/** A worker process, as the program around the supervisor sees it. */
export interface WorkerHandle {
  readonly slot: number;
  /** The generation of its code. */
  readonly generation: number;
  readonly pid: number | null;
  /** `starting` until it has reported that it is ready. */
  readonly state: 'starting' | 'ready' | 'stopping' | 'exited';
  /** Resolves when it has ended. */
  readonly exited: Promise<unknown>;
  /** Sends it a message, which `worker.onMessage` gets. Any value that JSON can express. Lost if the worker is gone. */
  send(message: unknown): void;
}
