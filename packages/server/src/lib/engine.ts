import type { Connection, ConnectionInfo, Handler, HttpContext, Logger } from '@windhover/core';
import type { TimerWheel } from '@windhover/transport';
import type { DateLine } from './date-line.ts';
import type { ServerLimits } from './limits.ts';
import type { ParserPool } from './parser-pool.ts';
import type { WriteBatch } from './write-batch.ts';

/** A message that breaks the rules, or a connection that was cut: what an access log cannot show. */
export interface ProtocolError {
  /** `HTTP1_BAD_CHUNK_SIZE`, `SERVER_HEADERS_TIMEOUT`, `CORE_HOST_INVALID`, … */
  readonly code: string;
  readonly message: string;
  /** What was answered, by the handler where it runs already; 0 when the connection was closed without an answer. */
  readonly status: number;
  readonly connection: ConnectionInfo;
}

/** A connection as the server sees it when it stops. */
export interface EngineConnection {
  /** Finish what is begun, then close; a connection without a request waits `drainIdleMs` for one. */
  shutdown(): void;
  /** Whether its answer is one that never ends by itself. */
  readonly isEventStream: boolean;
  /** The server's patience is over. */
  abandon(): void;
}

/** What all connections of one server share. */
export interface Engine {
  readonly handler: Handler<HttpContext>;
  readonly limits: ServerLimits;
  readonly log: Logger;
  /** Every time of the server is its `now`. */
  readonly wheel: TimerWheel;
  readonly writes: WriteBatch;
  readonly date: DateLine;
  readonly parsers: ParserPool;
  /** Whether a client that has sent its FIN still gets an answer that is not decided yet. */
  readonly halfClose: 'abort' | 'allow';
  readonly connections: Set<EngineConnection>;
  /** What became tunnels. */
  readonly tunnels: Set<Connection>;
  /**
   * While the server stops, every answer closes its connection, and one that is idle waits this long for one more request.
   * `null`: it does not stop.
   */
  drainIdleMs: number | null;
  /** So many of the next answers close a connection that would be kept. */
  surplus: number;
  onProtocolError(error: ProtocolError): void;
}
