/** A two-way byte channel: a TCP, TLS or Unix connection, a memory pair, one tunnelled HTTP/2 stream. */
export interface Channel {
  /** Nothing is read before. Attaching another consumer hands it everything unread. */
  attach(consumer: ChannelConsumer): void;
  /** Puts bytes back (copied): delivered first, never from inside `unread()`. */
  unread(bytes: Uint8Array): void;
  /**
   * Sends a chunk; a string as latin1. Lent bytes unless `given`: those must not change before `pendingBytes` was 0 once. False: wait
   * for `drain()`.
   */
  write(chunk: string | Uint8Array, given?: boolean): boolean;
  /** What is written between `cork()` and `uncork()` leaves in one system call. */
  cork(): void;
  uncork(): void;
  /** No `data()` until `resume()`. Counted per consumer; `attach()` starts at resumed. */
  pause(): void;
  resume(): void;
  /** Half-closes after everything written. */
  end(): void;
  /** Closes at once. Written bytes may be lost. */
  destroy(error?: Error): void;
  /** Closes with a TCP reset where the transport has one. */
  reset(): void;
  /** Bytes written and not yet with the kernel. */
  readonly pendingBytes: number;
}

/** What a channel calls, never nested: `data* end? close`. `close` comes once, last, with the first error. */
export interface ChannelConsumer {
  /** Bytes, lent until it returns. */
  data(chunk: Uint8Array): void;
  /** The peer will send no more. */
  end(): void;
  /** What was written has left, after a `write()` that returned false. */
  drain(): void;
  close(error?: Error): void;
}

/** A channel that was accepted or opened by somebody at an address. */
export interface Connection extends Channel {
  readonly info: ConnectionInfo;
  /** Runs when the connection is gone, after the consumer's `close()`. */
  onClosed(listener: (error?: Error) => void): void;
}

/** Facts of a connection that do not change. */
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
}

/** What the TLS handshake agreed on. */
export interface TlsInfo {
  /** `TLSv1.3` for instance. */
  readonly protocol: string;
  readonly cipher: string;
  readonly serverName: string | null;
  readonly alpnProtocol: string | null;
}
