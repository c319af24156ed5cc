import type { Body } from './body.ts';
import type { Connection } from './channel.ts';
import { disposeBody } from './dispose-body.ts';
import { type HeaderInit, HttpHeaders } from './http-headers.ts';

/** No number that anybody would set: a field that is always a small integer is cheaper to keep than one that may be `null`. */
const unset = -1;

/** The answer, as values. Nothing leaves before the pipeline has returned, so whoever wraps the handler can still change all of it. */
export class HttpResponse {
  private givenStatus = unset;
  /**
   * What a HEAD or 304 announces. A body must agree with it, else the response is aborted. Setting a body forgets it, so it is set after the
   * body. Default: the body's own length.
   */
  declaredLength: number | null = null;
  /** Asked once, after the last byte. Dropped where trailers cannot be sent. */
  trailers: (() => HeaderInit) | null = null;
  /** Close the connection after this answer: HTTP/1.1 says `Connection: close`, as an application may want it. */
  closeConnection = false;
  /** The answer is a tunnel: 101, or 2xx to CONNECT. */
  upgrade: ((connection: Connection) => void) | null = null;
  private isClosed = false;
  private fields: HttpHeaders | null = null;
  private content: Body = null;

  /** Where nobody has set it: 101 with an upgrade, 200 with a body, else 404, since nobody has answered. */
  get status(): number {
    if (this.givenStatus !== unset) return this.givenStatus;
    if (this.upgrade !== null) return 101;
    return this.content === null ? 404 : 200;
  }

  set status(status: number) {
    this.givenStatus = status;
  }

  /** Whether anybody has answered: set a status, a body or an upgrade. */
  get isAnswered(): boolean {
    return this.givenStatus !== unset || this.content !== null || this.upgrade !== null;
  }

  /** Refuses framing and hop-by-hop names with `CORE_HEADER_FRAMING`. */
  get headers(): HttpHeaders {
    this.fields ??= new HttpHeaders(null, true);
    return this.fields;
  }

  /** Whether any header was asked for: lets an engine skip making the list. */
  get hasHeaders(): boolean {
    return this.fields !== null;
  }

  get body(): Body {
    return this.content;
  }

  /** Replacing a body lets go of the old one, and forgets `declaredLength`, which was said of that one. */
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

  /** Moves the body out, to wrap it: `response.body = encode(response.takeBody())`. The status reads as before. */
  takeBody(): Body {
    const body = this.content;
    if (body !== null) this.givenStatus = this.status;
    this.content = null;
    return body;
  }

  /** For engines: the answer is sent. A body that is set later is let go of. */
  close(): void {
    this.isClosed = true;
  }

  /** Back to an unanswered response. */
  reset(): void {
    this.givenStatus = unset;
    this.trailers = null;
    this.closeConnection = false;
    this.upgrade = null;
    this.fields?.clear();
    this.body = null;
  }
}
