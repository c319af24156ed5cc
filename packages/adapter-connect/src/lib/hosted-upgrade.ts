import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpContext, Logger } from '@windhover/core';
import { type AnswerHead, parseAnswerHead } from './answer-head.ts';
import { connectError } from './errors.ts';
import { framingNames } from './framing-names.ts';
import { incomingRequest, type RequestOwner } from './incoming-request.ts';
import { TunnelSocket, type TunnelSocketOwner } from './tunnel-socket.ts';

/** Handles an `upgrade` event, as libraries add it to a server of `node:http`. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Maximum of a refusal that an application writes itself: a head and a sentence. */
const maxAnswerBytes = 64 * 1024;

/** Runs one upgrade through a hosted application: what it writes as bytes becomes our answer, and after a 101 it has the connection. */
export class HostedUpgrade implements RequestOwner, TunnelSocketOwner {
  private readonly context: HttpContext;
  private readonly log: Logger;
  private readonly socket: TunnelSocket;
  private readonly request: IncomingMessage;
  private bytes = Buffer.alloc(0);
  private head: AnswerHead | null = null;
  /** Writes after the head of a 101. */
  private readonly early: (() => void)[] = [];
  private resolve: () => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;
  isSettled = false;
  private hasConnection = false;

  constructor(context: HttpContext, log: Logger) {
    this.context = context;
    this.log = log;
    this.socket = new TunnelSocket(context.connection, this);
    const { request } = context;
    this.request = incomingRequest(context, this.socket, this);
    this.request.headers.connection ??= 'Upgrade'; // the server has taken the hop-by-hop fields out
    this.request.headers.upgrade ??= request.upgrade!;
    (this.request as { upgrade?: boolean }).upgrade = true;
    context.onAbort((reason) => this.aborted(reason));
  }

  /** Settles when the application has answered. */
  run(emit: UpgradeListener): Promise<void> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      try {
        emit(this.request, this.socket, Buffer.alloc(0));
      } catch (error) {
        if (this.isSettled) this.failedLater(error);
        else this.fail(error);
      }
    });
  }

  bodyFailed(error: Error): void {
    this.fail(error);
  }

  wrote(bytes: Buffer, written: () => void): void {
    this.bytes = Buffer.concat([this.bytes, bytes]);
    if (this.head?.status === 101) {
      this.early.push(written); // the connection is on its way: nothing more is written until it is here
      return;
    }
    const head = this.head ?? this.parseHead();
    if (head === 'invalid' || this.bytes.length > maxAnswerBytes) {
      this.fail(connectError('CONNECT_RESPONSE_INVALID', 'a hosted application wrote something else than an answer'));
    } else if (head !== null && this.head === null) {
      this.head = head;
      if (head.status === 101) this.switchProtocols(head);
      else this.answerIfWhole();
    } else this.answerIfWhole();
    written();
  }

  ended(): void {
    if (this.isSettled) return;
    if (this.head === null) this.fail(connectError('CONNECT_DESTROYED'));
    else this.answer(this.bytes.subarray(this.head.length));
  }

  socketDestroyed(error: Error | null): void {
    if (!this.isSettled) this.fail(error ?? connectError('CONNECT_DESTROYED'));
  }

  socketTimedOut(): boolean {
    return false;
  }

  /** Informational answers, such as 100, are left out: an upgrade has no body to wait for. */
  private parseHead(): AnswerHead | 'invalid' | null {
    for (;;) {
      const head = parseAnswerHead(this.bytes);
      if (head === null || head === 'invalid' || head.status >= 200 || head.status === 101) return head;
      this.bytes = this.bytes.subarray(head.length);
    }
  }

  private switchProtocols({ fields, length }: AnswerHead): void {
    const { response } = this.context;
    this.takeFields(fields);
    response.upgrade = (connection) => {
      this.hasConnection = true;
      const rest = this.bytes.subarray(length);
      if (rest.length > 0) connection.write(rest, true);
      if (this.socket.destroyed) connection.destroy();
      else this.socket.carry(connection);
      for (const written of this.early) written();
    };
    this.settle();
  }

  private answerIfWhole(): void {
    const { head } = this;
    const length = head?.fields.find(([name]) => /^content-length$/i.test(name))?.[1];
    if (head === null || length === undefined) return; // its end is the end of the socket
    const body = this.bytes.subarray(head.length);
    if (body.length >= Number(length)) this.answer(body.subarray(0, Number(length)));
  }

  /** A refusal: an answer like any other, after which the connection closes. */
  private answer(body: Buffer): void {
    if (this.isSettled) return;
    const { response } = this.context;
    response.status = this.head!.status;
    this.takeFields(this.head!.fields);
    response.closeConnection = true;
    if (body.length > 0) response.body = Buffer.from(body);
    this.settle();
  }

  private takeFields(fields: AnswerHead['fields']): void {
    const { headers } = this.context.response;
    for (const [name, value] of fields) {
      if (!framingNames.test(name) && !/^upgrade$/i.test(name)) headers.append(name, value);
    }
  }

  private aborted(reason: Error): void {
    if (this.hasConnection) return; // from now on the socket hears of its connection
    this.fail(reason);
    this.socket.destroy(reason); // also after a 101 that waited for the rest of its request
  }

  private settle(): void {
    this.isSettled = true;
    this.resolve();
  }

  private fail(error: unknown): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.reject(error);
  }

  /** A listener threw after the answer, for instance on `connection` of ws. Under `node:http` that would end the process. */
  private failedLater(error: unknown): void {
    this.log.error('A hosted application failed after it had answered an upgrade', {
      path: this.context.request.path,
      error,
    });
    this.socket.destroy();
  }
}
