import type { BodySink, PushBody } from './body.ts';
import { ChunkQueue } from './chunk-queue.ts';
import type { HeaderInit } from './header-init.ts';
import { coreError } from './http-error.ts';
import { HttpHeaders } from './http-headers.ts';
import { KeptBytes } from './kept-bytes.ts';
import { toPushBody } from './to-push-body.ts';

/**
 * The content of a request. It allows one reader only, but keeps the bytes that `bytes()`, `text()` or `json()` have
 * read: a later reader gets the same bytes, so a request can be parsed first and proxied afterwards. It is also a
 * `PushBody`, so that it can be forwarded as it is.
 */
export class RequestBody implements PushBody, AsyncIterable<Uint8Array> {
  /** The bytes that have arrived so far, for logs and metrics. */
  bytesReceived = 0;
  private readonly source: PushBody;
  private sourceState: 'idle' | 'started' | 'ended' = 'idle';
  private current: 'unread' | 'reading' | 'done' | 'failed' = 'unread';
  private limit: number | null = null;
  private reader: string | null = null;
  private sink: BodySink | null = null;
  private paused = false;
  /** Whether kept bytes are being replayed. A `resume()` during the replay must not start another one. */
  private isReplaying = false;
  private kept: KeptBytes | null = null;
  private keepLimit = 0;
  private all: Promise<Uint8Array> | null = null;
  private trailerFields: HttpHeaders | null = null;
  private failure: Error | null = null;

  /** @param source what the engine pushes; starting it asks the client for the body. `null`: there is none */
  constructor(source: PushBody | null) {
    this.source = source ?? toPushBody(null);
  }

  /** The announced length in bytes; `null` for a chunked body. */
  get length(): number | null {
    return this.source.length;
  }

  get state(): 'unread' | 'reading' | 'done' | 'failed' {
    return this.current;
  }

  /** The trailer fields, once the body has ended. They are never merged into the headers. */
  get trailers(): HttpHeaders | null {
    return this.trailerFields;
  }

  /**
   * The largest size in bytes, counted as they arrive; a larger body fails with 413. `null`: no limit. It can be set
   * until the first read; later it throws `CORE_BODY_LIMIT_LATE`. Throws `CORE_BODY_LIMIT_INVALID` if it is not `null`
   * or a number from 0 up.
   */
  get maxBytes(): number | null {
    return this.limit;
  }

  set maxBytes(bytes: number | null) {
    if (!(bytes === null || bytes >= 0)) throw coreError('CORE_BODY_LIMIT_INVALID', `got ${bytes}`);
    if (this.sourceState !== 'idle') throw coreError('CORE_BODY_LIMIT_LATE', `${this.reader} had begun`);
    this.limit = bytes;
  }

  /**
   * Keeps the bytes that are read, up to `maxBytes`, so that `rewind()` can start again, for a second attempt. Works
   * only until the first byte has arrived. A body that announces a larger length is not kept at all.
   */
  keep(maxBytes: number): void {
    this.keepLimit = Math.max(this.keepLimit, maxBytes);
    if (this.bytesReceived === 0 && (this.length ?? 0) <= this.keepLimit) this.kept ??= new KeptBytes();
  }

  /**
   * Makes the body unread again if every byte read so far was kept; returns whether it could. Bytes that still arrive
   * follow the kept ones.
   */
  rewind(): boolean {
    if (this.current === 'unread') return true;
    if (this.kept === null || this.current === 'failed') return false;
    this.current = 'unread';
    this.reader = null;
    this.sink = null;
    this.kept.rewind();
    this.paused = false;
    if (this.sourceState === 'started') this.source.pause();
    return true;
  }

  /** Pushes the body into `sink`. `reader` names the caller in the error that a second reader gets. */
  start(sink: BodySink, reader = 'start()'): void {
    const { paused } = this;
    if (this.all !== null && this.current === 'done') this.rewind();
    this.paused = paused; // `rewind()` clears a pause, which the new reader may have asked for
    this.claim(reader);
    this.begin(sink);
  }

  pause(): void {
    this.paused = true;
    if (this.sourceState === 'started') this.source.pause();
  }

  resume(): void {
    this.paused = false;
    if (this.sink === null || this.current !== 'reading' || this.isReplaying) return;
    this.replay();
    if (this.paused || this.sink === null) return;
    if (this.sourceState === 'ended') this.finish();
    else if (this.sourceState === 'started') this.source.resume();
    else this.startSource();
  }

  /** Ends the body early. A later reader fails with `reason`. */
  cancel(reason: Error): void {
    if (this.current === 'done' || this.current === 'failed') return;
    this.sink = null;
    this.fail(reason);
    this.source.cancel(reason);
  }

  /** The whole body. */
  async bytes(): Promise<Uint8Array> {
    return (this.all ??= this.readAll());
  }

  /** The whole body as UTF-8; invalid sequences become U+FFFD. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  /** The whole body as JSON. Rejects with `CORE_BODY_NOT_JSON` (400). */
  async json(): Promise<unknown> {
    const text = await this.text();
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw coreError('CORE_BODY_NOT_JSON', (error as SyntaxError).message, error);
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const queue = new ChunkQueue(this);
    this.start(queue, 'for await');
    return queue;
  }

  /**
   * For forks: returns another body with the same bytes, if the whole body was kept. Otherwise reading the copy fails
   * with `CORE_BODY_ALREADY_READ`.
   */
  copy(): RequestBody {
    if (this.length === 0) return new RequestBody(null);
    if (this.current === 'done' && this.kept !== null) return new RequestBody(toPushBody(this.kept.whole()));
    const error = coreError('CORE_BODY_ALREADY_READ', 'a fork reads only a body that was read whole before it');
    return new RequestBody({
      length: this.length,
      start: (sink) => sink.fail(error),
      pause: () => undefined,
      resume: () => undefined,
      cancel: () => undefined,
    });
  }

  private readAll(): Promise<Uint8Array> {
    this.claim('bytes()');
    this.keep(Number.POSITIVE_INFINITY);
    this.paused = false; // a caller of `bytes()` cannot resume it
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.kept ??= new KeptBytes(); // an empty body has no kept bytes
        resolve(this.kept.whole());
      };
      this.begin({ write: () => true, end, fail: reject });
    });
  }

  private claim(reader: string): void {
    if (this.reader !== null) {
      throw coreError('CORE_BODY_ALREADY_READ', `${this.reader} was first, ${reader} came second`);
    }
    this.reader = reader;
  }

  private begin(sink: BodySink): void {
    this.sink = sink;
    this.current = 'reading';
    if (this.failure !== null) this.fail(this.failure);
    else if (!this.paused) this.resume();
  }

  private replay(): void {
    this.isReplaying = true;
    while (this.sink !== null && !this.paused && this.kept !== null && !this.kept.isRead) {
      if (this.sink.write(this.kept.next()!) === false) this.paused = true;
    }
    this.isReplaying = false;
  }

  private startSource(): void {
    this.sourceState = 'started';
    const { limit, length } = this;
    const sink: BodySink = {
      write: (chunk, given) => this.receive(chunk, given === true),
      end: (trailers) => this.receiveEnd(trailers),
      fail: (error) => this.fail(error),
    };
    if (limit !== null && length !== null && length > limit) this.refuse(limit);
    else this.source.start(sink);
  }

  private receive(chunk: Uint8Array, given: boolean): boolean {
    if (this.current === 'failed') return false;
    this.bytesReceived += chunk.byteLength;
    if (this.limit !== null && this.bytesReceived > this.limit) {
      this.refuse(this.limit);
      return false;
    }
    const { sink } = this;
    const isWaiting = sink === null || (this.kept !== null && !this.kept.isRead);
    if (!isWaiting && this.bytesReceived > this.keepLimit) this.kept = null;
    this.kept?.append(chunk, given);
    if (isWaiting) return false;
    this.kept?.markRead();
    return sink.write(chunk, given && this.kept === null) && !this.paused;
  }

  private receiveEnd(trailers: HeaderInit | undefined): void {
    this.sourceState = 'ended';
    if (trailers !== undefined) this.trailerFields = new HttpHeaders(trailers);
    if (this.sink !== null && (this.kept === null || this.kept.isRead)) this.finish();
  }

  private finish(): void {
    const { sink } = this;
    this.sink = null;
    this.current = 'done';
    sink?.end(this.trailerFields ?? undefined);
  }

  private fail(error: Error): void {
    const { sink } = this;
    this.current = 'failed';
    this.failure = error;
    this.sink = null;
    sink?.fail(error);
  }

  private refuse(limit: number): void {
    const error = coreError('CORE_BODY_TOO_LARGE', `at most ${limit} bytes are accepted here`);
    this.source.cancel(error);
    this.fail(error);
  }
}
