import type { Body, Channel, HttpHeaders, PushBody } from '@windhover/core';

/** What is asked of an upstream. */
export interface ClientRequest {
  readonly method: string;
  /** Path and query as they go onto the wire. */
  readonly target: string;
  /** Default: the origin's own. */
  readonly host?: string;
  /** Flat list of triples `name, value, spelling`, as in `HttpHeaders.fields`. Host, framing and connection fields are refused. Default: none. */
  readonly fields?: readonly string[];
  /** Default: none. */
  readonly body?: Body;
  /** Asks to change the protocol, to `websocket` for instance. Default: no. */
  readonly upgrade?: string;
  /** Says which trailers of the body are left out, by their name in lower case. Default: none. */
  readonly isTrailerBarred?: (name: string) => boolean;
  /** Hears of 1xx answers other than 101. */
  readonly onInform?: (status: number, headers: HttpHeaders) => void;
}

/** An upstream's answer. A body that pushes must be started or cancelled: until then its connection is held. */
export interface ClientResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HttpHeaders;
  /** Bytes when all of a small body came with the head. */
  readonly body: PushBody | Uint8Array;
  /** What HEAD and 304 announce; for others the length of the body. */
  readonly declaredLength: number | null;
  /** After 101: the connection, which is no longer HTTP. `null` otherwise. */
  readonly channel: Channel | null;
}

/** A call that is under way. */
export interface ClientCall {
  /** Settles with the head of the answer. Rejects with a `ClientError`. */
  readonly response: Promise<ClientResponse>;
  /** Gives it up: the connection is closed, so that the upstream notices. Nothing happens once it is over. */
  abort(reason: Error): void;
}

/** How a client waits and pools. Milliseconds and counts; `null` means no limit. */
export interface HttpClientOptions {
  /** Until a connection stands. Default: 3,000, as in Caddy: an upstream in the same data centre answers in microseconds. */
  readonly connectTimeoutMs?: number;
  /** From the request's last byte to the head of the answer. Default: 60,000, as in nginx. */
  readonly headTimeoutMs?: number | null;
  /** Between two reads of an answer that somebody is waiting for. Default: 60,000, as in nginx. */
  readonly bodyTimeoutMs?: number | null;
  /** How long an unused connection is kept. Default: 4,000: shorter than the 5,000 after which a Node upstream closes its side. */
  readonly idleTimeoutMs?: number;
  /**
   * Unused connections kept for each origin. Default: 256. It only bounds descriptors, as `idleTimeoutMs` empties the pool. A small number
   * costs: answers complete in bursts, and what is closed then is opened again at once (with 32, 64 busy clients opened a connection for
   * every fifth request).
   */
  readonly maxIdlePerOrigin?: number;
}

/** The options with every default filled in. */
export type ResolvedClientOptions = Required<HttpClientOptions>;
