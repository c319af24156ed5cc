import type { Connection, Outcome } from '@windhover/core';
import type { RequestHead } from '@windhover/http-parser';
import type { BodySource } from './body-source.ts';
import type { Engine } from './engine.ts';
import type { AnsweredExchange, ResponseWriter } from './response-writer.ts';

/** The current exchange, as its connection sees it. */
export interface OwnedExchange extends AnsweredExchange {
  readonly source: BodySource | null;
  /** When the first byte of the request was read, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly hasSentListeners: boolean;
  readonly bytesSent: number;
  tunnelFailed(error: unknown): void;
  tunnelEnded(error: Error | undefined): void;
}

/** The connection, as its exchange sees it. */
export interface ExchangeOwner {
  readonly channel: Connection;
  readonly engine: Engine;
  readonly writer: ResponseWriter;
  readonly isRequestRead: boolean;
  /** Whether an earlier request of this connection was answered. */
  readonly hasAnswered: boolean;
  /** The reader of the request body now wants bytes, or no longer wants them. */
  bodyChanged(): void;
  /** Decides whether the answer to `head` is the last one on this connection. */
  decideIsLast(head: RequestHead, isUntilClose: boolean): boolean;
  /** The answer is completely written. With `isGivenUp` there was none and there will be none. */
  responseDone(exchange: OwnedExchange, isGivenUp: boolean): void;
  /** Cuts the connection off in the middle of an answer. */
  cut(end: Outcome['end'], error: Error): void;
  /** Hands the connection over to a tunnel, after its request was read to the end. */
  handOver(head: string, upgrade: (connection: Connection) => void, exchange: OwnedExchange): void;
  report(status: number, code: string, message: string): void;
}
