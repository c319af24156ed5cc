import type { Connection } from '@windhover/core';
import type { TimerWheel } from '@windhover/transport';
import type { CallCarrier, CallPool } from './attempt.ts';
import { ClientConnection } from './client-connection.ts';
import type { ClientRequest, ResolvedClientOptions } from './client-types.ts';
import { connectOrigin } from './connect-origin.ts';
import { ClientError } from './errors.ts';
import { Http2ClientConnection } from './http2/http2-client-connection.ts';
import { Http2Pool } from './http2/http2-pool.ts';
import { SharedOpening } from './http2/shared-opening.ts';
import type { Origin } from './origin.ts';
import { OriginPool } from './origin-pool.ts';

/**
 * The connections to an upstream that chooses by ALPN between HTTP/2 and HTTP/1.1. Every new connection offers both. While
 * the last choice was HTTP/2, or there was none, calls wait for one connection together; else each opens its own.
 */
export class AutoPool implements CallPool {
  readonly wheel: TimerWheel;
  /** Its own connections are those that are made with HTTP/1.1 whatever the upstream prefers, as for upgrades. */
  readonly ofHttp1: OriginPool;
  private readonly origin: Origin;
  private readonly options: ResolvedClientOptions;
  private readonly http2: Http2Pool;
  private readonly openings = new Map<string | undefined, SharedOpening<void>>();
  private lastChoice: 'http1' | 'http2' | null = null;
  private isClosed = false;

  constructor(origin: Origin, options: ResolvedClientOptions, wheel: TimerWheel) {
    this.origin = origin;
    this.options = options;
    this.wheel = wheel;
    this.ofHttp1 = new OriginPool({ ...origin, protocol: 'http1' }, options, wheel);
    this.http2 = new Http2Pool(origin, options, wheel);
  }

  takeIdle(request: ClientRequest): CallCarrier | undefined {
    if (request.upgrade !== undefined) return this.ofHttp1.takeIdle(request);
    return this.http2.takeIdle(request) ?? this.ofHttp1.takeIdle(request);
  }

  async open(signal: AbortSignal, request: ClientRequest): Promise<CallCarrier> {
    if (request.upgrade !== undefined) return this.ofHttp1.open(signal, request);
    for (;;) {
      if (this.isClosed || signal.aborted) throw new ClientError('CLIENT_CLOSED', this.origin.key);
      const shared = this.http2.takeIdle(request);
      if (shared !== undefined) return shared;
      if (this.lastChoice === 'http1') {
        // Not a kept one: it may be as old as the one that has just failed.
        const own = await this.connect(signal, request.preamble);
        if (!(own instanceof Http2ClientConnection) || own.promise()) return own;
        continue;
      }
      await this.opening(request.preamble).wait(signal);
      const opened = this.takeIdle(request);
      if (opened !== undefined) return opened;
    }
  }

  close(): void {
    this.isClosed = true;
    this.ofHttp1.close();
    this.http2.close();
  }

  private opening(preamble: string | undefined): SharedOpening<void> {
    const running = this.openings.get(preamble);
    if (running !== undefined && !running.isGivenUp) return running;
    const opening: SharedOpening<void> = new SharedOpening(async (signal) => {
      try {
        const opened = await this.connect(signal, preamble);
        if (opened instanceof ClientConnection) opened.keep();
      } finally {
        if (this.openings.get(preamble) === opening) this.openings.delete(preamble);
      }
    });
    this.openings.set(preamble, opening);
    return opening;
  }

  private async connect(
    signal: AbortSignal,
    preamble: string | undefined,
  ): Promise<ClientConnection | Http2ClientConnection> {
    const channel: Connection = await connectOrigin(this.origin, this.options, signal, preamble);
    this.lastChoice = channel.info.tls?.alpnProtocol === 'h2' ? 'http2' : 'http1';
    return (this.lastChoice === 'http2' ? this.http2 : this.ofHttp1).adopt(channel, preamble);
  }
}
