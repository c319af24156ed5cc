import type { Agent, IncomingHttpHeaders } from 'node:http';
import type { ServerOptions as HttpsOptions } from 'node:https';
import type { Readable } from 'node:stream';

/** The parts of a target that are given one by one. */
export interface TargetParts {
  readonly protocol?: string;
  readonly host?: string;
  readonly hostname?: string;
  readonly port?: string | number;
  /** A path to put before that of the request. */
  readonly path?: string;
  readonly pathname?: string;
  readonly socketPath?: string;
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

/** Where requests go: an address, or its parts. */
export type ProxyTarget = string | URL | TargetParts;

/** The options of `http-proxy`, by the same names. */
export interface ServerOptions {
  /** Where requests go. Needed here or in `web()` and `ws()`. */
  readonly target?: ProxyTarget;
  /** Where a copy of each request goes; its answer is ignored. Default: nowhere. */
  readonly forward?: ProxyTarget;
  /** Ignored: connections are kept in a pool of the proxy. */
  readonly agent?: Agent | false;
  /** Certificate and key for `listen()`, and for targets. Default: none. */
  readonly ssl?: HttpsOptions;
  /** Whether `listen()` passes WebSockets on. Default: false. */
  readonly ws?: boolean;
  /** Whether to add `X-Forwarded-For`, `-Port`, `-Proto` and `-Host`. Default: false. */
  readonly xfwd?: boolean;
  /** Whether the certificate of an `https:` target is verified. Default: true. */
  readonly secure?: boolean;
  /** Whether the whole address of a request is passed on as its path, for targets that are forward proxies. Default: false. */
  readonly toProxy?: boolean;
  /** Whether the path of the target is put before that of the request. Default: true. */
  readonly prependPath?: boolean;
  /** Whether the path of the request is left out. Default: false. */
  readonly ignorePath?: boolean;
  /** Whether the Host field is that of the target. Default: false. */
  readonly changeOrigin?: boolean;
  /** Whether fields of answers keep the spelling of their names. Default: false. */
  readonly preserveHeaderKeyCase?: boolean;
  /** `user:password` for the target. Default: none. */
  readonly auth?: string;
  /** The host of redirects to the target. Default: as it is. */
  readonly hostRewrite?: string;
  /** Whether redirects to the target get the host of the request. Default: false. */
  readonly autoRewrite?: boolean;
  /** The protocol of redirects to the target. Default: as it is. */
  readonly protocolRewrite?: string | null;
  /** New domains of cookies, by the old one or `*`; a text is for all; an empty one removes the attribute. Default: as they are. */
  readonly cookieDomainRewrite?: false | string | Readonly<Record<string, string>>;
  /** The same for the path of cookies. */
  readonly cookiePathRewrite?: false | string | Readonly<Record<string, string>>;
  /** Fields for requests to the target. Default: none. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Milliseconds until the target must have begun its answer. Default: 120,000, as long as connections of Node may be silent. */
  readonly proxyTimeout?: number;
  /** Milliseconds for which the connection of the client may be silent. Default: as its server says. */
  readonly timeout?: number;
  /** Whether you answer yourself, in `proxyRes`. Default: false. */
  readonly selfHandleResponse?: boolean;
  /** A stream with the body of the request, if it was read already. Default: the request; what a parser left in `body` is sent again. */
  readonly buffer?: Readable;
  /** Default: that of the request. */
  readonly method?: string;
  readonly ca?: string | Buffer;
  /** Not supported: redirects are the client's to follow. */
  readonly followRedirects?: boolean;
  /** Not supported. */
  readonly localAddress?: string;
}

/** The fields of a message, as Node has them. */
export type HeaderMap = IncomingHttpHeaders;
