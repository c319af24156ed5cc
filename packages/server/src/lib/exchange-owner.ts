import type { Connection, Outcome } from '@windhover/core';
import type { RequestHead } from '@windhover/http-parser';
import type { BodySource } from './body-source.ts';
import type { Engine } from './engine.ts';
import type { AnsweredExchange, ResponseWriter } from './response-writer.ts';

/** What a connection knows of the exchange at hand. */
export interface OwnedExchange extends AnsweredExchange {
  readonly source: BodySource | null;
  readonly hasSentListeners: boolean;
  readonly bytesSent: number;
  tunnelFailed(error: unknown): void;
}

/** What an exchange asks of its connection. */
export interface ExchangeOwner {
  readonly channel: Connection;
  readonly engine: Engine;
  readonly writer: ResponseWriter;
  readonly isRequestRead: boolean;
  /** The appetite of the request body's reader has changed. */
  bodyChanged(): void;
  /** Whether the answer to `head` is the last one of this connection. */
  decideIsLast(head: RequestHead, isUntilClose: boolean): boolean;
  /** The answer is written to its end; with `isGivenUp` there was none and there will be none. */
  responseDone(exchange: OwnedExchange, isGivenUp: boolean): void;
  /** Ends the connection in the middle of an answer. */
  cut(end: Outcome['end'], error: Error): void;
  /** From now on the connection belongs to a tunnel; its request was read to the end. */
  handOver(head: string, upgrade: (connection: Connection) => void, exchange: OwnedExchange): void;
  report(status: number, code: string, message: string): void;
}
