import type { Codec, Coder, CoderEvents } from './codec.ts';

/** A codec that changes nothing and counts its coders. Its coders give their output in a later turn. */
export function createPlainCodec(): Codec & { open: number; opened: number } {
  const create = (_coding: string, ...rest: readonly unknown[]): Coder => {
    codec.open += 1;
    codec.opened += 1;
    return new PlainCoder(rest.at(-1) as CoderEvents, () => {
      codec.open -= 1;
    });
  };
  const codec = {
    codings: ['br', 'zstd', 'gzip', 'deflate'] as const,
    open: 0,
    opened: 0,
    encodeNow: (_coding: string, _level: number, content: string | Uint8Array) => Buffer.from(content as string),
    createEncoder: create,
    createDecoder: create,
  };
  return codec;
}

class PlainCoder implements Coder {
  bytesUsed = 0;
  private readonly events: CoderEvents;
  private readonly onClose: () => void;
  private readonly queue: (Uint8Array | null)[] = [];
  private isPaused = false;
  private isClosed = false;
  private isPlanned = false;
  private needsDrain = false;

  constructor(events: CoderEvents, onClose: () => void) {
    this.events = events;
    this.onClose = onClose;
  }

  write(chunk: Uint8Array): boolean {
    this.bytesUsed += chunk.byteLength;
    this.queue.push(chunk);
    this.plan();
    this.needsDrain = true;
    return false;
  }

  flush(): void {
    // nothing is held back
  }

  end(): void {
    this.queue.push(null);
    this.plan();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.plan();
  }

  close(): void {
    if (!this.isClosed) this.onClose();
    this.isClosed = true;
  }

  private plan(): void {
    if (this.isPlanned) return;
    this.isPlanned = true;
    setImmediate(() => {
      this.isPlanned = false;
      this.work();
    });
  }

  private work(): void {
    while (!this.isClosed && !this.isPaused) {
      const chunk = this.queue.shift();
      if (chunk === undefined) {
        if (!this.needsDrain) return;
        this.needsDrain = false;
        this.events.drained();
        continue;
      }
      if (chunk === null) this.events.finished();
      else this.events.coded(chunk);
    }
  }
}
