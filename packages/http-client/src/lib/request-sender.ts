import { type Body, bodyLength, type Channel, type PushBody, toPushBody } from '@windhover/core';
import type { ClientRequest } from './client-types.ts';
import { RequestSink } from './request-sink.ts';
import { writeHead } from './write-head.ts';

/** Who hears how a request goes out. */
export interface RequestSenderOwner {
  /** The upstream takes more, or no more, or has everything. */
  sendingChanged(): void;
  bodyFailed(error: Error): void;
}

/** Writes the requests of a connection, one after the other. */
export class RequestSender {
  /** Whether the request is complete. */
  isSent = true;
  /** Whether the upstream takes no more of it at present. */
  isBlocked = false;
  private readonly channel: Channel;
  private readonly host: string;
  private readonly owner: RequestSenderOwner;
  private head = '';
  private length: number | null = null;
  private sink: RequestSink | null = null;
  /** The body, while it waits until the upstream agrees. */
  private withheld: PushBody | null = null;
  private isTrailerBarred: ClientRequest['isTrailerBarred'];

  constructor(channel: Channel, host: string, owner: RequestSenderOwner) {
    this.channel = channel;
    this.host = host;
    this.owner = owner;
  }

  /** The next request to `send()`. Throws when it cannot be written. */
  prepare(request: ClientRequest): void {
    const content: Body = request.body ?? null;
    const length = bodyLength(content);
    this.head = writeHead(request, length, this.host);
    this.length = length;
    this.isSent = content === null || length === 0;
    this.isBlocked = false;
  }

  send(request: ClientRequest): void {
    const { head } = this;
    this.head = '';
    if (this.isSent) {
      this.channel.write(head);
      return;
    }
    const body = toPushBody(request.body!);
    this.isTrailerBarred = request.isTrailerBarred;
    if (request.expectContinue === true) {
      this.withheld = body;
      this.channel.write(head);
    } else this.sendBody(head, body);
  }

  get isWithheld(): boolean {
    return this.withheld !== null;
  }

  /** The upstream agrees to the body, or has said nothing for too long. */
  proceed(): void {
    const body = this.withheld;
    if (body === null) return;
    this.withheld = null;
    this.sendBody('', body);
  }

  /** The upstream takes more. */
  drained(): void {
    if (this.sink === null) return;
    this.isBlocked = false;
    this.owner.sendingChanged();
    this.sink.resume();
  }

  /** The answer is complete: sends no more. Returns whether the request was not complete. */
  stopEarly(): boolean {
    if (this.isSent) {
      this.sink = null;
      return false;
    }
    this.withheld = null; // nobody has asked its sender for it
    // Made only now: an Error records the stack, which would be an eighth of the time of a proxied request.
    this.sink?.cancel(new Error('The upstream answered before the request was complete'));
    this.sink = null;
    return true;
  }

  /** Sends no more. Returns the body if it was not over: to be cancelled, or sent again. */
  detach(): PushBody | null {
    const { sink, withheld } = this;
    this.sink = null;
    this.withheld = null;
    return sink === null ? withheld : sink.detach();
  }

  private sendBody(head: string, body: PushBody): void {
    const { channel, length, isTrailerBarred } = this;
    const sent = (error: Error | undefined): void => this.bodySent(error);
    const sink = new RequestSink(channel, length, body, isTrailerBarred, sent, () => this.bodyBlocked());
    this.sink = sink;
    channel.cork();
    if (head !== '') channel.write(head);
    body.start(sink);
    channel.uncork();
  }

  private bodySent(error: Error | undefined): void {
    this.sink = null;
    this.isSent = true;
    if (error === undefined) this.owner.sendingChanged();
    else this.owner.bodyFailed(error);
  }

  private bodyBlocked(): void {
    this.isBlocked = true;
    this.owner.sendingChanged();
  }
}
