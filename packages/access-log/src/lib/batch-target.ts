import type { Batch } from './batch-queue.ts';

/** Where batches go: a file, a syslog server. */
export interface BatchTarget {
  /** For messages: the path or the address. */
  readonly name: string;
  /** Opens the target if it is not open. */
  open(): Promise<void>;
  /**
   * Writes a batch. Moves `batch.start` behind what is written, so that after a failure the rest can be written again.
   */
  write(batch: Batch): Promise<void>;
  /** The target is to be opened again before the next write. */
  reopen(): void;
  /** Writes at once, for the end of the process. Does nothing if the target cannot. */
  writeNow(batch: Batch): void;
  /** Writes everything through to the device, and closes. */
  close(): Promise<void>;
}
