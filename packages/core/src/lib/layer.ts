import type { Connection } from './channel.ts';
import type { Middleware } from './handler.ts';
import type { ClientIdentity, HttpContext } from './http-context.ts';
import type { HttpRequest } from './http-request.ts';
import type { Phase } from './phases.ts';

/** A middleware and its phase. */
export type Layer = { readonly phase: 'connection'; readonly run: Middleware<Connection> } | HttpLayer;

/** A middleware on requests. */
export interface HttpLayer {
  readonly phase: Exclude<Phase, 'connection'>;
  readonly run: Middleware<HttpContext>;
  /**
   * Says what the layer would decide for a request, and why. Must not change anything. `client` is the client as the
   * layers outside have found it. Returns a list, which is empty if the layer can decide only when it runs.
   */
  explain?(request: HttpRequest, client: ClientIdentity): readonly Reason[];
}

/** One line of an explanation. */
export interface Reason {
  readonly decision: string;
  readonly because: string;
  /** Whether the layer answers the request itself. Default: false, it passes the request on. */
  readonly answers?: boolean;
  /** The status that it answers with, if it is known. */
  readonly status?: number;
  /** Where its redirect leads. */
  readonly location?: string;
  /** What the layer may do instead of passing the request on, where only the running server can tell: `answers 401`. */
  readonly unless?: string;
  /** Of a layer in `identity`: who the client is from here on. */
  readonly client?: ClientIdentity;
  /** Of a layer in `rewrite`: path and query from here on. */
  readonly url?: string;
}
