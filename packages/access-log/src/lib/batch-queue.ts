/** Whole lines that are written together. */
export interface Batch {
  readonly bytes: Buffer;
  /** Where the part that is not written yet begins. */
  start: number;
  end: number;
  lines: number;
}

/** From this size on a batch is written without waiting for more: larger writes are hardly cheaper per line. */
export const worthWritingBytes = 64 * 1024;

/**
 * The largest size of a batch. A write takes one or two turns of the event loop, which last milliseconds on a busy
 * server: with smaller batches its lines would come faster than they are written.
 */
export const batchBytes = 256 * 1024;

/** Maximum of waiting bytes. Beyond it lines are dropped, because a log must not exhaust the server's memory. */
export const maxWaitingBytes = 8 * 1024 * 1024;

/**
 * Collects lines as bytes. A line is copied at once: as a string it might keep the whole head of its request in memory
 * until it is written.
 */
export class BatchQueue {
  private readonly batches: Batch[] = [];
  private waitingBytes = 0;
  private spare: Buffer | null = null;

  /** Whether so much waits that waiting longer gains nothing. */
  get isWorthWriting(): boolean {
    return this.waitingBytes >= worthWritingBytes;
  }

  get isEmpty(): boolean {
    return this.batches.length === 0;
  }

  /** Whether so little waits that lines are no longer dropped at the next burst. */
  get isRelaxed(): boolean {
    return this.waitingBytes < maxWaitingBytes / 2;
  }

  /** How many lines wait. */
  get lines(): number {
    let lines = 0;
    for (const batch of this.batches) lines += batch.lines;
    return lines;
  }

  /** Adds a line. Returns false if there is no room for it. */
  add(line: string): boolean {
    const most = line.length * 3; // UTF-8 needs at most three bytes for each unit of a string
    if (this.waitingBytes + line.length > maxWaitingBytes) return false;
    let batch = this.batches.at(-1);
    if (batch === undefined || batch.bytes.byteLength - batch.end < most) {
      batch = { bytes: this.bufferFor(most), start: 0, end: 0, lines: 0 };
      this.batches.push(batch);
    }
    const size = batch.bytes.write(line, batch.end);
    batch.end += size;
    batch.lines += 1;
    this.waitingBytes += size;
    return true;
  }

  /** Takes out the oldest batch. */
  take(): Batch | undefined {
    const batch = this.batches.shift();
    if (batch !== undefined) this.waitingBytes -= batch.end;
    return batch;
  }

  /** Puts back the batch that was taken last, because it could not be written. */
  putBack(batch: Batch): void {
    this.batches.unshift(batch);
    this.waitingBytes += batch.end;
  }

  /** The buffer of a written batch may be used again. */
  release({ bytes }: Batch): void {
    if (bytes.byteLength === batchBytes) this.spare = bytes;
  }

  private bufferFor(size: number): Buffer {
    const { spare } = this;
    if (size > batchBytes) return Buffer.allocUnsafeSlow(size);
    this.spare = null;
    return spare ?? Buffer.allocUnsafeSlow(batchBytes);
  }
}
