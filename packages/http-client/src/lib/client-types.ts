import type { Body, Channel, HttpHeaders, PushBody } from '@windhover/core';
import type { ClientError } from './errors.ts';
import type { JudgedFields } from './judged-fields.ts';

/** A request to an upstream. */
export interface ClientRequest {
  readonly method: string;
  /** Path and query, exactly as sent on the wire. */
  readonly target: string;
  /** Value of the Host field. Default: the origin's own. */
  readonly host?: string | undefined;
  /**
   * Header fields as a flat list of triples `name, value, spelling`, like `HttpHeaders.fields`. Host, framing and
   * connection fields are refused. `JudgedFields` are written as they are. Default: none.
   */
  readonly fields?: readonly string[] | JudgedFields | undefined;
  /**
   * Bytes at the beginning of the connection, one character for each (latin1): a PROXY header. The connection is only used
   * again by requests with the same ones. Default: none.
   */
  readonly preamble?: string | undefined;
  /** The request body. Default: none. */
  readonly body?: Body | undefined;
  /**
   * Whether the upstream is asked before it gets the body: `Expect: 100-continue` (RFC 9110 §10.1.1). The body follows
   * after its 100, or after a second of silence, as with curl; after a final answer it is not sent at all. Default: false.
   */
  readonly expectContinue?: boolean | undefined;
  /** Protocol to upgrade to, for example `websocket`. Default: none. */
  readonly upgrade?: string | undefined;
  /** Whether to leave out a trailer of the body, by its name in lower case. Default: none is left out. */
  readonly isTrailerBarred?: ((name: string) => boolean) | undefined;
  /** Is called for interim responses (1xx) other than 101. */
  onInform?(status: number, headers: HttpHeaders): void;
  /** From the last byte of this request to the head of its answer. Default: the client's `headTimeoutMs`. */
  readonly headTimeoutMs?: number | null | undefined;
  /** Is told how the call went, and when it no longer needs the upstream. Default: nobody. */
  readonly observer?: CallObserver | undefined;
}

/** Hears how a call went, and when it is over, for whoever counts the calls under way. */
export interface CallObserver {
  /** The head of the answer is there. Called once, before `callOver()`. Default: nobody hears. */
  callAnswered?(status: number): void;
  /** There is no answer. Called once, before `callOver()`. Default: nobody hears. */
  callFailed?(error: ClientError): void;
  /** Called once: the answer has ended, the call has failed, or the tunnel that it opened is closed. */
  callOver(): void;
}

/** The answer of an upstream. A body that pushes must be started or cancelled: until then its connection is held. */
export interface ClientResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HttpHeaders;
  /** The body; bytes if all of a small body arrived with the head. */
  readonly body: PushBody | Uint8Array;
  /** The length that a HEAD or 304 answer announces; for other answers the length of the body. `null` if unknown. */
  readonly declaredLength: number | null;
  /** After 101: the connection, which no longer speaks HTTP. `null` otherwise. */
  readonly channel: Channel | null;
}

/** A call that is under way. */
export interface ClientCall {
  /** Settles with the head of the answer. Rejects with a `ClientError`. */
  readonly response: Promise<ClientResponse>;
  /**
   * When the connection was made, in milliseconds since the epoch; `null` before that, and always for a call on a kept
   * connection.
   */
  readonly connectedAt: number | null;
  /** What the connection of the call speaks; `null` until there is one. */
  readonly httpVersion: '1.1' | '2.0' | null;
  /**
   * Aborts the exchange and closes its connection, so that the upstream notices. Does nothing once the exchange is
   * over.
   */
  abort(reason: Error): void;
  /**
   * Sends no more of the request body, and leaves it to the caller: when the call ends, it is not cancelled. For a caller
   * that sends the same body again.
   */
  releaseBody(): void;
}

/** Time-outs and pool size of a client. Milliseconds and counts; `null` means no limit. */
export interface HttpClientOptions {
  /** Time to connect. Default: 3,000, as in Caddy: an upstream in the same data centre answers in microseconds. */
  readonly connectTimeoutMs?: number;
  /** From the last byte of the request to the head of the answer. Default: 60,000, as in nginx. */
  readonly headTimeoutMs?: number | null;
  /** Between two reads of an answer, while a reader waits for it. Default: 60,000, as in nginx. */
  readonly bodyTimeoutMs?: number | null;
  /**
   * How long an unused connection is kept. Default: 4,000, less than the 5,000 after which a Node upstream closes its
   * side.
   */
  readonly idleTimeoutMs?: number;
  /**
   * HTTP/2: silence after which a connection on which calls wait gets a PING, because a firewall may have forgotten it;
   * `null`: none is sent. The first call on a connection that was unused for so long has one with it. Default: 30,000. With
   * `pingTimeoutMs` it is less than `headTimeoutMs`: a dead connection is found before its calls time out one by one. While
   * nothing is answered, further pings come every five and a half minutes, because servers of gRPC allow one every five.
   */
  readonly pingAfterMs?: number | null;
  /**
   * How long the answer to such a PING may take; anything that comes counts. Then the connection ends, and its calls fail
   * or are sent again. Default: 20,000, as in gRPC and Kestrel: an upstream may compute for long before it looks at its
   * connections.
   */
  readonly pingTimeoutMs?: number;
  /**
   * Unused connections kept for each origin. Default: 256. It only bounds descriptors, because `idleTimeoutMs` empties
   * the pool. A small number is costly: answers complete in bursts, and connections closed then are reopened at once
   * (with 32, 64 busy clients opened a connection for every fifth request).
   */
  readonly maxIdlePerOrigin?: number;
}

/** The options with defaults filled in. */
export type ResolvedClientOptions = Required<HttpClientOptions>;
