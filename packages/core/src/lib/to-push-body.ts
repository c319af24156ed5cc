import { type Body, type BodySink, isPushBody, isReadBody, type PushBody, type ReadBody } from './body.ts';
import { bodyLength } from './body-length.ts';
import { disposeBody, quietly, type Stoppable, stopStream } from './dispose-body.ts';
import { coreError } from './http-error.ts';

/** Large enough to amortise a system call, small enough for thousands of slow readers. */
const readSize = 64 * 1024;

/**
 * Any body as a `PushBody`: the one kind that encoders, caches and engines need to know.
 *
 * @param hasLeft whether everything that was given has left the process, for who can tell: then a file is read into the same bytes again
 */
export function toPushBody(body: Body, hasLeft: () => boolean = () => false): PushBody {
  if (body !== null && typeof body === 'object' && !(body instanceof Uint8Array)) {
    if (isPushBody(body)) return body;
    const length = bodyLength(body);
    return new PumpedBody(length, isReadBody(body) ? readChunks(body, length!, hasLeft) : iterateChunks(body));
  }
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return new PumpedBody(bytes?.byteLength ?? 0, oneChunk(bytes));
}

/** Chunks asked for one at a time. */
interface ChunkSource {
  /** `null`: there are no more. */
  next(): Uint8Array | null | Promise<Uint8Array | null>;
  /** Called once: after the last chunk with `null`, or before it with the reason. */
  close(reason: Error | null): void;
}

/** Asks for each chunk when the one before was taken. */
class PumpedBody implements PushBody {
  readonly length: number | null;
  private readonly source: ChunkSource;
  private sink: BodySink | null = null;
  private paused = false;
  private pumping = false;
  private done = false;
  /** What came while it was paused: a chunk, or `null` for the end. */
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

function oneChunk(bytes: Uint8Array | null): ChunkSource {
  const chunks = [bytes];
  return { next: () => chunks.shift() ?? null, close: () => undefined };
}

function readChunks(body: ReadBody, length: number, hasLeft: () => boolean): ChunkSource {
  let position = 0;
  let buffer: Uint8Array | null = null;
  const take = (into: Uint8Array, count: number): Uint8Array => {
    if (count === 0) throw new Error(`The body ended at byte ${position} of ${length}`);
    // Not `< 0 || > byteLength`: with NaN it would never end.
    if (!(Number.isInteger(count) && count > 0 && count <= into.byteLength))
      throw new Error(`The body says that it read ${count} of ${into.byteLength} bytes`);
    position += count;
    return into.subarray(0, count);
  };
  return {
    next: () => {
      if (position === length) return null;
      if (buffer === null || !hasLeft()) buffer = new Uint8Array(Math.min(readSize, length - position));
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

/** A web stream cancels at once only through its reader; its iterator would first wait for the chunk it has asked for. */
function openReader(body: Chunks & { getReader?(): WebReader }): ChunkReader {
  const reader = body.getReader?.();
  if (reader === undefined) return body[Symbol.asyncIterator]();
  return { next: () => reader.read(), cancel: (reason) => reader.cancel(reason) };
}
