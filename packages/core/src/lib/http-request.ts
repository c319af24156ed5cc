import { canonicalHost } from './canonical-host.ts';
import { canonicalTarget, pathSegments } from './canonical-target.ts';
import { coreError } from './http-error.ts';
import { HttpHeaders } from './http-headers.ts';
import { ownString } from './own-string.ts';
import { RequestBody } from './request-body.ts';

/** What an engine or adapter has read of a request. */
export interface RequestFacts {
  readonly method: string;
  /** As received. */
  readonly target: string;
  readonly httpVersion: '1.0' | '1.1' | '2.0';
  readonly scheme: 'http' | 'https';
  /** Flat list of triples `name, value, spelling`, or headers. */
  readonly headers: string[] | HttpHeaders;
  /** The Host value or `:authority`; `undefined` when there was none. */
  readonly host: string | undefined;
  /** `null`: no body. */
  readonly body: RequestBody | null;
  /** The protocol asked for by a well-formed upgrade, `websocket` for instance; `null` otherwise. */
  readonly upgrade: string | null;
}

/** A request, read once: everybody who routes, filters, serves or forwards it sees the same path and host. */
export class HttpRequest {
  readonly method: string;
  /** The raw target, for logs only. */
  readonly target: string;
  readonly httpVersion: '1.0' | '1.1' | '2.0';
  /** Of the connection. Behind a proxy, `context.client.scheme` is what the user sees. */
  readonly scheme: 'http' | 'https';
  /** Lower case, without port: what sites match. `''` when the client named none. */
  readonly host: string;
  /** The port the client named, `null` for the scheme's own. */
  readonly port: number | null;
  readonly upgrade: string | null;
  private content: RequestBody | null;
  private currentPath: string;
  private currentQuery: string | null;
  private decoded: readonly string[] | null | undefined = undefined;
  private headerFields: string[] | HttpHeaders;

  /** Throws an `HttpError` with status 400 when target and host are not valid or disagree. */
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
    // RFC 9110 §4.2: another scheme is another origin, and we would answer it without what makes that one safe.
    if (target.scheme !== null && target.scheme !== facts.scheme)
      throw coreError('CORE_TARGET_INVALID', `${target.scheme}: in a request over ${facts.scheme}`);
    if (target.form === 'absolute' && facts.host !== undefined) {
      const usual = facts.scheme === 'https' ? 443 : 80;
      // RFC 9112 §3.2.2 lets the target win; two names in one request is what request smuggling needs, so they must agree.
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

  /** An empty one for a request without a body. */
  get body(): RequestBody {
    this.content ??= new RequestBody(null);
    return this.content;
  }

  /** Normalised and still encoded: what rules match and what is forwarded. */
  get path(): string {
    return this.currentPath;
  }

  /** What follows `?`, untouched; `null` without one. */
  get query(): string | null {
    return this.currentQuery;
  }

  /** Path and query: `req.url` for a hosted application, the target for an upstream. */
  get url(): string {
    return this.currentQuery === null ? this.currentPath : `${this.currentPath}?${this.currentQuery}`;
  }

  /** The path's parts, each decoded once; `null` when one is not UTF-8. */
  get segments(): readonly string[] | null {
    if (this.decoded === undefined) this.decoded = pathSegments(this.currentPath);
    return this.decoded;
  }

  get headers(): HttpHeaders {
    if (Array.isArray(this.headerFields)) this.headerFields = HttpHeaders.fromFields(this.headerFields);
    return this.headerFields;
  }

  /** For forks: the same request as it is now, to be rewritten on its own. It asks for no upgrade, and reads the body if that was kept whole. */
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

  /** Sends the rest of the pipeline to another path and query, read by the same rules as the first. */
  rewrite(url: string): void {
    const { path, query } = canonicalTarget('GET', url);
    this.currentPath = path;
    this.currentQuery = query;
    this.decoded = undefined;
  }
}
