/** A two-way byte channel: a TCP, TLS or Unix connection, a memory pair, one tunnelled HTTP/2 stream. */
export interface Channel {
  /**
   * Sets the consumer. Nothing is read before that. If another consumer is attached later, it gets everything unread.
   */
  attach(consumer: ChannelConsumer): void;
  /**
   * Puts bytes back; they are copied. They are delivered before any other data, but never during the call of
   * `unread()`.
   */
  unread(bytes: Uint8Array): void;
  /**
   * Sends a chunk; a string is sent as latin1. Bytes are lent until `write` returns, unless `given` is true: given
   * bytes must not change until `pendingBytes` has been 0 once. False means: wait for `drain()`.
   */
  write(chunk: string | Uint8Array, given?: boolean): boolean;
  /** Everything written between `cork()` and `uncork()` is sent in one system call. */
  cork(): void;
  uncork(): void;
  /**
   * Stops `data()` until `resume()`. Pauses are counted: each needs its own `resume()`. A new consumer starts with
   * none.
   */
  pause(): void;
  resume(): void;
  /** Half-closes the channel after everything written was sent. */
  end(): void;
  /** Closes immediately. Written bytes may be lost. */
  destroy(error?: Error): void;
  /** Closes with a TCP reset where the transport has one. */
  reset(): void;
  /** Bytes written that the kernel has not taken yet. */
  readonly pendingBytes: number;
}

/**
 * Receives the events of a channel, in the order `data* end? close`. Calls are never nested. `close` comes once, last,
 * with the first error.
 */
export interface ChannelConsumer {
  /** Bytes have arrived; they are lent until `data` returns. */
  data(chunk: Uint8Array): void;
  /** The peer has half-closed: it will send no more. */
  end(): void;
  /** Comes after a `write()` that returned false, once the written bytes have left. */
  drain(): void;
  close(error?: Error): void;
}

/** A channel with addresses: a connection that was accepted or opened. */
export interface Connection extends Channel {
  readonly info: ConnectionInfo;
  /** Runs `listener` when the connection is gone, after the consumer's `close()`. */
  onClosed(listener: (error?: Error) => void): void;
  /** Set by a tunnel that can say goodbye: called when the server begins to stop, seconds before it cuts the tunnel. */
  onStopping?: (() => void) | null;
}

/** Facts about a connection that never change. */
export interface ConnectionInfo {
  /** Unique in this process. */
  readonly id: number;
  readonly transport: 'tcp' | 'unix' | 'memory';
  /** An IP address (IPv4-mapped ones as IPv4), or `''` for Unix sockets and memory. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** An IP address or the socket's path. */
  readonly localAddress: string;
  readonly localPort: number;
  /** `null` without TLS. */
  readonly tls: TlsInfo | null;
  /** What a trusted proxy has said in a PROXY header: the addresses above are the client's then. Absent: nothing. */
  readonly proxied?: ProxiedConnection;
}

/** A PROXY header (HAProxy, proxy-protocol.txt), without the addresses. */
export interface ProxiedConnection {
  readonly version: 1 | 2;
  /** Where the proxy itself connected from. */
  readonly proxyAddress: string;
  readonly proxyPort: number;
  /** The name that the client asked for in its TLS handshake with the proxy. */
  readonly authority: string | null;
  readonly uniqueId: Uint8Array | null;
  /** The TLS that the proxy has ended; `null`: none that it tells of. */
  readonly tls: {
    /** `TLSv1.3` for instance; empty if it does not say. */
    readonly protocol: string;
    readonly cipher: string | null;
    /** Of the client's certificate, if it sent one that the proxy has verified. */
    readonly commonName: string | null;
  } | null;
  /** All extensions, by type; 0xEA is Amazon's, 0xEE Azure's, 0xE0 Google's. */
  readonly tlvs: ReadonlyMap<number, Uint8Array>;
}

/** The parameters that the TLS handshake agreed on. */
export interface TlsInfo {
  /** `TLSv1.3` for instance. */
  readonly protocol: string;
  readonly cipher: string;
  readonly serverName: string | null;
  readonly alpnProtocol: string | null;
  /** Whether the client has resumed an earlier session. Absent: not known. */
  readonly isResumed?: boolean;
  /** `null` or absent: the client was not asked for a certificate. */
  readonly clientCertificate?: ClientCertificateInfo | null;
}

/** What came of asking a client for its certificate in the TLS handshake. */
export interface ClientCertificateInfo {
  /** Names the settings with which the client was asked: the authorities, the revocation list, and the mode. */
  readonly policy: string;
  /** The certificate in DER. `null`: the client sent none. */
  readonly raw: Uint8Array | null;
  /** Why the certificate was not accepted, as OpenSSL's code: `CERT_HAS_EXPIRED`. `null`: it was verified, or there is none. */
  readonly fault: string | null;
}
