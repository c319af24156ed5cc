import type { Connection } from '@windhover/core';
import type { Http2Stream } from '@windhover/http2-codec';
import type { Engine } from '../engine.ts';
import type { Http2Exchange } from './http2-exchange.ts';

/** The connection, as its exchanges see it. */
export interface Http2ExchangeOwner {
  readonly channel: Connection;
  readonly engine: Engine;
  /** Whether the client must not send bodies now, because others on its connection were not taken. */
  readonly isClientHeldBack: boolean;
  /** The answer is completely written, or there is none. */
  answered(exchange: Http2Exchange): void;
  /** The exchange is over, and its outcome is told. */
  forget(exchange: Http2Exchange): void;
  /** The answer came before the end of the request: the client has a moment to send it, and is then asked to stop. */
  resetLater(stream: Http2Stream): void;
  /** Gives the stream of an exchange to the `upgrade` function of its answer. */
  openTunnel(tunnel: Connection, upgrade: (connection: Connection) => void, exchange: Http2Exchange): void;
  report(status: number, code: string, message: string): void;
}
