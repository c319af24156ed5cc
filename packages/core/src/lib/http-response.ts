import type { Body } from './body.ts';
import type { Connection } from './channel.ts';
import { disposeBody } from './dispose-body.ts';
import { type HeaderInit, HttpHeaders } from './http-headers.ts';

/** The answer, as values. Nothing leaves before the pipeline has returned, so whoever wraps the handler can still change all of it. */
export class HttpResponse {
  /** 0: nobody said. The server then sends 200 if there is a body, else nobody answered: 404. */
  status = 0;
  /** What a HEAD or 304 announces. A body must agree with it, else the response is aborted. Default: the body's own length. */
  declaredLength: number | null = null;
  /** Asked once, after the last byte. Dropped where trailers cannot be sent. */
  trailers: (() => HeaderInit) | null = null;
  /** Close the connection after this answer: HTTP/1.1 says `Connection: close`, as an application may want it. */
  closeConnection = false;
  /** The answer is a tunnel: 101, or 2xx to CONNECT. */
  upgrade: ((connection: Connection) => void) | null = null;
  private fields: HttpHeaders | null = null;
  private content: Body = null;

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

  /** Replacing a body lets go of the old one. */
  set body(body: Body) {
    const old = this.content;
    this.content = body;
    if (old !== null && old !== body) disposeBody(old, new Error('The response body was replaced'));
  }

  /** Moves the body out, to wrap it: `response.body = encode(response.takeBody())`. */
  takeBody(): Body {
    const body = this.content;
    this.content = null;
    return body;
  }

  /** Back to an unanswered response. */
  reset(): void {
    this.status = 0;
    this.declaredLength = null;
    this.trailers = null;
    this.closeConnection = false;
    this.upgrade = null;
    this.fields?.clear();
    this.body = null;
  }
}
