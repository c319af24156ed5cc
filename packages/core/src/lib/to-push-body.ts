import { type Body, type BodySink, isPushBody, isReadBody, type PushBody, type ReadBody } from './body.ts';
import { bodyLength } from './body-length.ts';
import { disposeBody, quietly, type Stoppable, stopStream } from './dispose-body.ts';
import { coreError } from './http-error.ts';

/** Large enough to amortise a system call, small enough for thousands of slow readers. */
const readSize = 64 * 1024;

/**
 * Turns any body into a `PushBody`, the only kind that encoders, caches and engines need to handle.
 *
 * @param hasLeft whether all chunks given so far have left the process; a file is then read into the same buffer again.
 * Default: never
 */
export function toPushBody(body: Body, hasLeft: () => boolean = () => false): PushBody {
  if (body !== null && typeof body === 'object' && !(body instanceof Uint8Array)) {
    if (isPushBody(body)) return body;
    const length = bodyLength(body);
    return new PumpedBody(length, isReadBody(body) ? readChunks(body, length!, hasLeft) : iterateChunks(body));
  }
  const chunks = [typeof body === 'string' ? new TextEncoder().encode(body) : body];
  return new PumpedBody(chunks[0]?.byteLength ?? 0, { next: () => chunks.shift() ?? null, close: () => undefined });
}

/** Provides chunks one at a time. */
interface ChunkSource {
  /** Returns the next chunk, or `null` if there are no more. */
  next(): Uint8Array | null | Promise<Uint8Array | null>;
  /** Called once: with `null` after the last chunk, or with the reason before it. */
  close(reason: Error | null): void;
}

/** Requests each chunk once the sink has taken the one before. */
class PumpedBody implements PushBody {
  readonly length: number | null;
  private readonly source: ChunkSource;
  private sink: BodySink | null = null;
  private paused = false;
  private pumping = false;
  private done = false;
  /** The chunk that arrived while paused, or `null` for the end. */
  private held: Uint8Array | null | undefined = undefined;

  constructor(length: number | null, source: ChunkSource) {
    this.length = length;
    this.source = source;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    if (!this.paused) this.resume();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    if (this.sink === null || this.pumping || this.done) return;
    this.pumping = true;
    this.pump(this.sink).catch((error: unknown) => {
      if (this.done) return;
      const failure = error instanceof Error ? error : new Error('The body failed', { cause: error });
      this.finish(failure);
      this.sink?.fail(failure);
    });
  }

  cancel(reason: Error): void {
    this.finish(reason);
  }

  private async pump(sink: BodySink): Promise<void> {
    while (!this.paused && !this.done) {
      const pending = this.held === undefined ? this.source.next() : this.held;
      const chunk = pending instanceof Promise ? await pending : pending;
      if (this.done) return; // cancelled meanwhile
      this.held = this.paused ? chunk : undefined;
      if (this.paused) break;
      if (chunk === null) {
        this.finish(null);
        sink.end();
        return;
      }
      if (chunk.byteLength > 0 && sink.write(chunk, true) === false) this.paused = true;
    }
    this.pumping = false;
  }

  private finish(reason: Error | null): void {
    if (this.done) return;
    this.done = true;
    this.source.close(reason);
  }
}

function readChunks(body: ReadBody, length: number, hasLeft: () => boolean): ChunkSource {
  let position = 0;
  let buffer: Uint8Array | null = null;
  /** How many reads in a row had left the process when the next one was needed. */
  let taken = 0;
  const take = (into: Uint8Array, count: number): Uint8Array => {
    const why =
      count === 0 ? `ended at byte ${position} of ${length}` : `says that it read ${count} of ${into.byteLength} bytes`;
    // Not `< 0 || > byteLength`: NaN would pass, and the body would never end.
    if (!(Number.isInteger(count) && count > 0 && count <= into.byteLength)) throw new Error(`The body ${why}`);
    position += count;
    return into.subarray(0, count);
  };
  return {
    next: () => {
      if (position === length) return null;
      taken = buffer !== null && hasLeft() ? taken + 1 : 0;
      const size = taken > 3 ? 16 * readSize : readSize; // measured for a large file: a third less CPU time
      if (buffer === null || taken === 0 || buffer.byteLength < size)
        buffer = new Uint8Array(Math.min(size, length - position));
      const into = buffer.subarray(0, length - position);
      const count = body.read(into, position);
      return count instanceof Promise ? count.then((read) => take(into, read)) : take(into, count);
    },
    close: () => quietly(() => body.close()),
  };
}

type Chunks = AsyncIterable<Uint8Array | string>;

function iterateChunks(body: Chunks): ChunkSource {
  let reader: ChunkReader | null = null;
  return {
    next: async () => {
      reader ??= openReader(body);
      const { done, value } = await reader.next();
      if (done === true) return null;
      const chunk = typeof value === 'string' ? new TextEncoder().encode(value) : value;
      if (chunk instanceof Uint8Array) return chunk;
      throw coreError('CORE_CHUNK_INVALID', `got ${chunk === null ? 'null' : typeof chunk}`);
    },
    close: (reason) => {
      if (reason === null) return;
      if (reader === null || 'destroy' in body) disposeBody(body, reason);
      else stopStream(reader, reason);
    },
  };
}

type ChunkReader = Stoppable & AsyncIterator<Uint8Array | string>;

interface WebReader {
  read: ChunkReader['next'];
  cancel(reason: Error): Promise<unknown>;
}

/**
 * Only its reader cancels a web stream immediately; its iterator would first wait for the chunk that it has requested.
 */
function openReader(body: Chunks & { getReader?(): WebReader }): ChunkReader {
  const reader = body.getReader?.();
  if (reader === undefined) return body[Symbol.asyncIterator]();
  return { next: () => reader.read(), cancel: (reason) => reader.cancel(reason) };
}
