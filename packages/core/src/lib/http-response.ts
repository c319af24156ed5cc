import type { Body } from './body.ts';
import type { Connection } from './channel.ts';
import { disposeBody } from './dispose-body.ts';
import type { HeaderInit } from './header-init.ts';
import { HttpHeaders } from './http-headers.ts';

/** Means that no status was set. A field that always holds a small integer is cheaper than one that may be `null`. */
const unset = -1;

/**
 * The answer, as plain values. Nothing is sent before the pipeline has returned, so middleware around the handler can
 * still change all of it.
 */
export class HttpResponse {
  private givenStatus = unset;
  /**
   * The length that a HEAD or 304 response announces. A body must have exactly this length, otherwise the response is
   * aborted. Setting `body` clears it, so set it after the body. Default: the body's own length.
   */
  declaredLength: number | null = null;
  /** Returns the trailers. Called once, after the last byte; not called where trailers cannot be sent. */
  trailers: (() => HeaderInit) | null = null;
  /**
   * Closes the connection after this answer, for an application that asks for it. HTTP/1.1 sends `Connection: close`.
   */
  closeConnection = false;
  /** Makes the answer a tunnel (101, or 2xx to CONNECT): called with the connection. */
  upgrade: ((connection: Connection) => void) | null = null;
  /** Whether `drop()` was called. */
  isDropped = false;
  private isClosed = false;
  private fields: HttpHeaders | null = null;
  private content: Body = null;

  /** The status. If it was not set: 101 with an upgrade, 200 with a body, otherwise 404: the request is unanswered. */
  get status(): number {
    if (this.givenStatus !== unset) return this.givenStatus;
    if (this.upgrade !== null) return 101;
    return this.content === null ? 404 : 200;
  }

  set status(status: number) {
    this.givenStatus = status;
  }

  /** Whether a status, a body or an upgrade was set. */
  get isAnswered(): boolean {
    return this.givenStatus !== unset || this.content !== null || this.upgrade !== null;
  }

  /** The header fields. Framing and hop-by-hop names are refused with `CORE_HEADER_FRAMING`. */
  get headers(): HttpHeaders {
    this.fields ??= new HttpHeaders(null, true);
    return this.fields;
  }

  /** Whether `headers` was used. If not, an engine need not create the list. */
  get hasHeaders(): boolean {
    return this.fields !== null;
  }

  get body(): Body {
    return this.content;
  }

  /** Replacing a body disposes of the old one and clears `declaredLength`, which described the old one. */
  set body(body: Body) {
    if (this.isClosed && body !== null) {
      disposeBody(body, new Error('The response was sent before'));
      return;
    }
    const old = this.content;
    this.content = body;
    this.declaredLength = null;
    if (old !== null && old !== body) disposeBody(old, new Error('The response body was replaced'));
  }

  /**
   * Removes and returns the body, to wrap it: `response.body = encode(response.takeBody())`. The status stays the same.
   */
  takeBody(): Body {
    const body = this.content;
    if (body !== null) this.givenStatus = this.status;
    this.content = null;
    return body;
  }

  /**
   * Closes the connection without an answer, for requests that deserve none. Logs show it as 444, the number that nginx uses; where a
   * connection cannot be closed (a fetch-style host), 444 is what the client gets.
   */
  drop(): void {
    this.reset();
    this.status = 444;
    this.isDropped = true;
  }

  /** For engines: marks the answer as sent. A body that is set later is disposed of immediately. */
  close(): void {
    this.isClosed = true;
  }

  /** Makes the response unanswered again, and disposes of its body. */
  reset(): void {
    this.givenStatus = unset;
    this.trailers = null;
    this.closeConnection = false;
    this.upgrade = null;
    this.isDropped = false;
    this.fields?.clear();
    this.body = null;
  }
}
