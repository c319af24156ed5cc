import type { Connection, ConnectionInfo, Handler, HttpContext, Logger } from '@windhover/core';
import type { Http2Limits } from '@windhover/http2-codec';
import type { TimerWheel } from '@windhover/transport';
import type { DateLine } from './date-line.ts';
import type { ServerLimits } from './limits.ts';
import type { ParserPool } from './parser-pool.ts';
import type { RequestUnderWay } from './request-under-way.ts';
import type { WriteBatch } from './write-batch.ts';

/** A message that violates the protocol, or a connection that was cut off: events that an access log cannot show. */
export interface ProtocolError {
  /** `HTTP1_BAD_CHUNK_SIZE`, `SERVER_HEADERS_TIMEOUT`, `CORE_HOST_INVALID`, … */
  readonly code: string;
  readonly message: string;
  /**
   * The status that was answered, by the handler if it was already running; 0 if the connection was closed without an
   * answer.
   */
  readonly status: number;
  readonly connection: ConnectionInfo;
}

/** A connection, as a server that stops sees it. */
export interface EngineConnection {
  readonly channel: Connection;
  /** The name of its protocol; `null` while that is not known. */
  readonly protocol: string | null;
  /** Finishes the exchange under way, then closes. A connection without a request waits `drainIdleMs` for one. */
  shutdown(): void;
  /** Cuts off answers under way that are event streams, which never end by themselves. */
  cutEventStreams(): void;
  /** Cuts off exchanges whose request came before `than`, in milliseconds since the epoch. Returns how many. */
  cutOlder(than: number): number;
  /** The requests that it is answering now. */
  readonly requestsUnderWay: readonly RequestUnderWay[];
  /** Cuts the connection off, because its time has passed. */
  abandon(): void;
}

/** The options and state that all connections of one server share. */
export interface Engine {
  readonly handler: Handler<HttpContext>;
  readonly limits: ServerLimits;
  readonly http2Limits: Http2Limits;
  readonly log: Logger;
  /** All times in the server are taken from its `now`. */
  readonly wheel: TimerWheel;
  readonly writes: WriteBatch;
  readonly date: DateLine;
  readonly parsers: ParserPool;
  /** Whether a client that has half-closed still gets an answer that is not decided yet. */
  readonly halfClose: 'abort' | 'allow';
  readonly connections: Set<EngineConnection>;
  /** Connections that became tunnels, and when their request came. */
  readonly tunnels: Map<Connection, number>;
  readonly forgetTunnel: (connection: Connection) => void;
  /**
   * While the server stops, every answer closes its connection, and an idle connection waits this long for one more
   * request. `null`: the server is not stopping.
   */
  drainIdleMs: number | null;
  /** Called for a tunnel that begins while the server stops. */
  onLateTunnel: (tunnel: Connection) => void;
  /** How many of the next answers close a connection that would otherwise be kept alive. */
  surplus: number;
  onProtocolError(error: ProtocolError): void;
}
