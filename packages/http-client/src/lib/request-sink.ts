import { type BodySink, type Channel, type HeaderInit, HttpHeaders, type PushBody } from '@windhover/core';
import { chunkEnd, chunkHeader, lastChunk } from '@windhover/http-parser';

/** Frames and sends a request body, at the pace at which the upstream takes it. */
export class RequestSink implements BodySink {
  private readonly channel: Channel;
  private readonly length: number | null;
  private readonly body: PushBody;
  private readonly isTrailerBarred: ((name: string) => boolean) | undefined;
  private readonly finish: (error?: Error) => void;
  private readonly blocked: () => void;
  private bytesSent = 0;
  private isOver = false;

  /**
   * @param isTrailerBarred whether to leave out a trailer, by its name in lower case
   * @param finish runs once, when the body is sent or has failed
   * @param blocked runs when the upstream currently accepts no more
   */
  constructor(
    channel: Channel,
    length: number | null,
    body: PushBody,
    isTrailerBarred: ((name: string) => boolean) | undefined,
    finish: (error?: Error) => void,
    blocked: () => void,
  ) {
    this.channel = channel;
    this.length = length;
    this.body = body;
    this.isTrailerBarred = isTrailerBarred;
    this.finish = finish;
    this.blocked = blocked;
  }

  write(chunk: Uint8Array, given?: boolean): boolean {
    if (this.isOver) return false;
    if (!(chunk instanceof Uint8Array)) return this.refuse(`gave a chunk of type ${typeof chunk}`);
    const size = chunk.byteLength;
    if (size === 0) return true;
    this.bytesSent += size;
    const { channel, length } = this;
    if (length !== null && this.bytesSent > length) return this.refuse(`has more than the ${length} bytes announced`);
    channel.cork();
    if (length === null) channel.write(chunkHeader(size));
    let isOpen = channel.write(chunk, given);
    if (length === null) isOpen = channel.write(chunkEnd);
    channel.uncork();
    if (!isOpen) this.blocked();
    return isOpen;
  }

  end(trailers?: HeaderInit): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.length === null) this.channel.write(lastChunk(this.passing(new HttpHeaders(trailers).fields)));
    const isShort = this.length !== null && this.bytesSent < this.length;
    this.finish(isShort ? new Error(`The request body ended at byte ${this.bytesSent} of ${this.length}`) : undefined);
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.finish(error);
  }

  resume(): void {
    if (!this.isOver) this.body.resume();
  }

  cancel(reason: Error): void {
    this.detach()?.cancel(reason);
  }

  /** Stops sending. Returns the body if it was not over, to be cancelled or sent again. */
  detach(): PushBody | null {
    if (this.isOver) return null;
    this.isOver = true;
    return this.body;
  }

  private refuse(why: string): boolean {
    const error = new Error(`The request body ${why}`);
    this.cancel(error);
    this.finish(error);
    return false;
  }

  private passing(fields: readonly string[]): readonly string[] {
    const { isTrailerBarred } = this;
    if (isTrailerBarred === undefined) return fields;
    return fields.filter((_part, index) => !isTrailerBarred(fields[index - (index % 3)]!));
  }
}
