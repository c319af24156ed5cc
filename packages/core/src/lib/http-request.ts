import { canonicalHost } from './canonical-host.ts';
import { canonicalTarget, pathSegments } from './canonical-target.ts';
import { coreError } from './http-error.ts';
import { HttpHeaders } from './http-headers.ts';
import { ownString } from './own-string.ts';
import { RequestBody } from './request-body.ts';

/** The parts of a request, as an engine or adapter has read them. */
export interface RequestFacts {
  readonly method: string;
  /** As received. */
  readonly target: string;
  readonly httpVersion: '1.0' | '1.1' | '2.0';
  readonly scheme: 'http' | 'https';
  /** Flat list of triples `name, value, spelling`, or headers. */
  readonly headers: string[] | HttpHeaders;
  /** The value of the Host header or of `:authority`; `undefined` if there was none. */
  readonly host: string | undefined;
  /** `null`: no body. */
  readonly body: RequestBody | null;
  /** The protocol that a well-formed upgrade asks for, for instance `websocket`; otherwise `null`. */
  readonly upgrade: string | null;
}

/** A request, parsed once: all code that routes, filters, serves or forwards it sees the same path and host. */
export class HttpRequest {
  readonly method: string;
  /** The raw target, for logs only. */
  readonly target: string;
  readonly httpVersion: '1.0' | '1.1' | '2.0';
  /** The scheme of the connection. Behind a proxy, the user sees `context.client.scheme`. */
  readonly scheme: 'http' | 'https';
  /** The host in lower case, without port. Sites match it. `''` if the client named none. */
  readonly host: string;
  /** The port the client named, `null` for the scheme's own. */
  readonly port: number | null;
  readonly upgrade: string | null;
  private content: RequestBody | null;
  private currentPath: string;
  private currentQuery: string | null;
  private decoded: readonly string[] | null | undefined = undefined;
  private headerFields: string[] | HttpHeaders;

  /** Throws an `HttpError` with status 400 if the target or the host is not valid, or if they disagree. */
  constructor(facts: RequestFacts) {
    const target = canonicalTarget(facts.method, facts.target);
    this.method = facts.method;
    this.target = facts.target;
    this.httpVersion = facts.httpVersion;
    this.scheme = facts.scheme;
    this.currentPath = target.path;
    this.currentQuery = target.query;
    const named = canonicalHost(facts.host ?? '');
    const { host, port } = target.authority === null ? named : canonicalHost(ownString(target.authority));
    // RFC 9110 §4.2: another scheme is another origin, and this connection does not have the protection of that origin.
    if (target.scheme !== null && target.scheme !== facts.scheme)
      throw coreError('CORE_TARGET_INVALID', `${target.scheme}: in a request over ${facts.scheme}`);
    if (target.form === 'absolute' && facts.host !== undefined) {
      const usual = facts.scheme === 'https' ? 443 : 80;
      // RFC 9112 §3.2.2 lets the target win, but request smuggling relies on two names in one request, so they must
      // agree.
      if (host !== named.host || (port ?? usual) !== (named.port ?? usual)) {
        throw coreError('CORE_HOST_MISMATCH', `${JSON.stringify(target.authority)} and ${JSON.stringify(facts.host)}`);
      }
    }
    this.host = host;
    this.port = port;
    this.upgrade = facts.upgrade;
    this.headerFields = facts.headers;
    this.content = facts.body;
  }

  /** The request body; an empty one if the request has none. */
  get body(): RequestBody {
    this.content ??= new RequestBody(null);
    return this.content;
  }

  /** Replaces the body for the rest of the pipeline, by one that reads the old one: a decompressed one for instance. */
  set body(body: RequestBody) {
    this.content = body;
  }

  /** The path, normalised and still encoded. Rules match it and proxies forward it. */
  get path(): string {
    return this.currentPath;
  }

  /** The text after `?`, unchanged; `null` without a query. */
  get query(): string | null {
    return this.currentQuery;
  }

  /** Path and query: `req.url` for a hosted application, the target for an upstream. */
  get url(): string {
    return this.currentQuery === null ? this.currentPath : `${this.currentPath}?${this.currentQuery}`;
  }

  /** The segments of the path, each decoded once; `null` if one is not valid UTF-8. */
  get segments(): readonly string[] | null {
    if (this.decoded === undefined) this.decoded = pathSegments(this.currentPath);
    return this.decoded;
  }

  get headers(): HttpHeaders {
    if (Array.isArray(this.headerFields)) this.headerFields = HttpHeaders.fromFields(this.headerFields);
    return this.headerFields;
  }

  /**
   * For forks: copies the request as it is now, so that each can be rewritten independently. The copy asks for no
   * upgrade, and can read the body only if the whole body was kept.
   */
  copy(): HttpRequest {
    const { method, target, httpVersion, scheme, host, port, content } = this;
    const copy = new HttpRequest({
      method,
      target,
      httpVersion,
      scheme,
      host: port === null ? host : `${host}:${port}`,
      headers: [...this.headers.fields],
      body: content === null ? null : content.copy(),
      upgrade: null,
    });
    copy.currentPath = this.currentPath;
    copy.currentQuery = this.currentQuery;
    return copy;
  }

  /** Replaces path and query for the rest of the pipeline. The new ones are parsed by the same rules. */
  rewrite(url: string): void {
    const { path, query } = canonicalTarget('GET', url);
    this.currentPath = path;
    this.currentQuery = query;
    this.decoded = undefined;
  }
}
