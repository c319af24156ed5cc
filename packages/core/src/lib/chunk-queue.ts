import type { BodySink, PushBody } from './body.ts';

type Waiter = { resolve(result: IteratorResult<Uint8Array>): void; reject(error: Error): void };

/** A sink that is read as an async iterator. It pauses its body while no chunk is requested. */
export class ChunkQueue implements BodySink, AsyncIterator<Uint8Array> {
  private readonly body: PushBody;
  private readonly chunks: Uint8Array[] = [];
  private waiter: Waiter | null = null;
  private outcome: 'open' | 'ended' | Error = 'open';

  constructor(body: PushBody) {
    this.body = body;
  }

  write(chunk: Uint8Array, given?: boolean): boolean {
    const owned = given === true ? chunk : new Uint8Array(chunk); // a lent chunk may be overwritten once `write` returns
    const { waiter } = this;
    if (waiter === null) this.chunks.push(owned);
    else {
      this.waiter = null;
      waiter.resolve({ done: false, value: owned });
    }
    return false;
  }

  end(): void {
    this.outcome = 'ended';
    this.waiter?.resolve({ done: true, value: undefined });
  }

  fail(error: Error): void {
    this.outcome = error;
    this.waiter?.reject(error);
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const value = this.chunks.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.outcome === 'ended') return Promise.resolve({ done: true, value: undefined });
    if (this.outcome !== 'open') return Promise.reject(this.outcome);
    return new Promise((resolve, reject) => {
      this.waiter = { resolve, reject };
      this.body.resume();
    });
  }

  /** Called when a `for await` loop is left early. */
  return(): Promise<IteratorResult<Uint8Array>> {
    if (this.outcome === 'open') this.body.cancel(new Error('The reader left the body before its end'));
    this.outcome = 'ended';
    return Promise.resolve({ done: true, value: undefined });
  }
}
