import type { OriginProtocol, parseOrigin } from '@windhover/http-client';

/** The TLS options of an `https://` upstream: `serverName`, `ca`, `cert` and `key`, `verify`, `minVersion`. */
export type UpstreamTls = NonNullable<Parameters<typeof parseOrigin>[1]>;

/** One of several interchangeable servers. */
export interface UpstreamServer {
  /** `http://host:port`, `https://host:port` or `unix:/path/to.socket`. */
  readonly url: string;
  /** Its share of the requests, compared with the others; above 0. Default: 1. */
  readonly weight?: number;
  /** Whether it gets requests only while no other one is available. Default: false. */
  readonly backup?: boolean;
  /** Whether it gets only requests of clients that are bound to it (`sticky`). Default: false. */
  readonly drain?: boolean;
  /** Default: Node's authorities, and the host of `url`. */
  readonly tls?: UpstreamTls;
  /**
   * `http2`: by ALPN with TLS, by prior knowledge without; WebSocket needs a server that announces extended CONNECT (RFC
   * 8441) there. `auto`: what an https:// server chooses by ALPN, and HTTP/1.1 for WebSocket. Default: `http1`.
   */
  readonly protocol?: OriginProtocol;
}

/** One server, or several; a text is its address. */
export type ServerList = string | UpstreamServer | readonly (string | UpstreamServer)[];
