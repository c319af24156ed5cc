import type { Connection } from '@windhover/core';
import type { TimerWheel } from '@windhover/transport';
import type { CallPool } from '../attempt.ts';
import type { ClientRequest, ResolvedClientOptions } from '../client-types.ts';
import { connectOrigin } from '../connect-origin.ts';
import { ClientError } from '../errors.ts';
import type { Origin } from '../origin.ts';
import { CalmPause } from './calm-pause.ts';
import { CalmStreams } from './calm-streams.ts';
import { Http2ClientConnection, type Http2ConnectionOwner } from './http2-client-connection.ts';
import { SharedOpening } from './shared-opening.ts';
import { untilSettled } from './until-settled.ts';

/** RFC 9113 §6.5.2 advises servers to allow no fewer. */
const mostAssumed = 100;

/**
 * The connections to an upstream that speaks HTTP/2. Calls with the same preamble share one, and the next one is opened
 * when the upstream takes no more on it, or goes away.
 */
export class Http2Pool implements Http2ConnectionOwner, CallPool {
  readonly origin: Origin;
  readonly options: ResolvedClientOptions;
  readonly wheel: TimerWheel;
  /** What the upstream allowed last; calls beyond it would only be refused, each as often as it may be repeated. */
  assumedStreams = mostAssumed;
  private readonly connections: Http2ClientConnection[] = [];
  private readonly all = new Set<Http2ClientConnection>();
  private readonly openings = new Map<string | undefined, SharedOpening<void>>();
  private readonly calm = new CalmStreams();
  private readonly pause = new CalmPause();
  private pingFactor = 1;
  private isClosed = false;

  constructor(origin: Origin, options: ResolvedClientOptions, wheel: TimerWheel) {
    this.origin = origin;
    this.options = options;
    this.wheel = wheel;
  }

  /** A connection with a place for one more call, which is promised to it. */
  takeIdle({ preamble, upgrade }: ClientRequest): Http2ClientConnection | undefined {
    const isFit = (connection: Http2ClientConnection): boolean =>
      connection.preamble === preamble && (upgrade === undefined || connection.takesUpgrades === true);
    return this.connections.find((connection) => isFit(connection) && connection.promise());
  }

  /**
   * Waits for a connection with a place. Calls that come meanwhile wait for the same one. Rejects with
   * `CLIENT_CONNECT_FAILED` when the upstream, after one pause, still asks for calm.
   */
  async open(signal: AbortSignal, request: ClientRequest): Promise<Http2ClientConnection> {
    for (let hasPaused = false; ; ) {
      if (this.isClosed || signal.aborted) throw new ClientError('CLIENT_CLOSED', this.origin.key);
      const free = this.takeIdle(request);
      if (free !== undefined) return free;
      if (request.upgrade !== undefined && (await this.settled(signal, request))) continue;
      const isPausing = this.pause.leftAt(this.wheel.now) > 0;
      if (isPausing && hasPaused)
        throw new ClientError('CLIENT_CONNECT_FAILED', `${this.origin.key} (it asks for calm again and again)`);
      hasPaused ||= isPausing;
      await this.opening(request.preamble).wait(signal);
    }
  }

  /** Takes a new connection into the pool. Throws `CLIENT_CLOSED`. */
  adopt(channel: Connection, preamble: string | undefined): Http2ClientConnection {
    if (this.isClosed) {
      channel.destroy();
      throw new ClientError('CLIENT_CLOSED', this.origin.key);
    }
    const connection = new Http2ClientConnection(channel, this, preamble);
    this.connections.push(connection);
    this.all.add(connection);
    channel.onClosed(() => this.all.delete(connection));
    return connection;
  }

  /** An upstream that allows none is asked once, and refuses. */
  streamsAllowed(count: number): void {
    this.assumedStreams = Math.max(1, Math.min(count, mostAssumed));
  }

  get calmStreams(): number {
    return this.calm.mostAt(this.wheel.now);
  }

  calmAsked(calls: number): void {
    const { now } = this.wheel;
    this.calm.asked(calls, now);
    this.pause.asked(now);
  }

  get pingAfterMs(): number | null {
    const { pingAfterMs } = this.options;
    return pingAfterMs === null ? null : pingAfterMs * this.pingFactor;
  }

  /** As gRPC demands of clients: half as many from now on. */
  pingsRefused(): void {
    this.pingFactor = Math.min(this.pingFactor * 2, 1024);
  }

  gone(connection: Http2ClientConnection): void {
    const index = this.connections.indexOf(connection);
    if (index >= 0) this.connections.splice(index, 1);
  }

  close(): void {
    this.isClosed = true;
    for (const connection of [...this.all]) connection.destroy();
  }

  /**
   * An upgrade can only be sent once the upstream has announced that it takes them. Returns whether there is news; false
   * if another connection is needed. Throws `CLIENT_UPGRADE_UNSUPPORTED`.
   */
  private async settled(signal: AbortSignal, { preamble }: ClientRequest): Promise<boolean> {
    const candidates = this.connections.filter((connection) => connection.preamble === preamble);
    const unknown = candidates.find(({ takesUpgrades }) => takesUpgrades === null);
    if (unknown !== undefined) {
      await untilSettled(unknown, signal);
      return true;
    }
    if (candidates.some(({ takesUpgrades }) => takesUpgrades === false))
      throw new ClientError('CLIENT_UPGRADE_UNSUPPORTED', `${this.origin.key}; the protocols http1 and auto can`);
    return false;
  }

  private async paused(signal: AbortSignal): Promise<void> {
    const leftMs = this.pause.leftAt(this.wheel.now);
    if (leftMs === 0) return;
    await new Promise<void>((resolve, reject) => {
      const deadline = this.wheel.createDeadline(resolve);
      deadline.set(leftMs);
      signal.addEventListener('abort', () => {
        deadline.dispose();
        reject(signal.reason as Error);
      });
    });
  }

  private opening(preamble: string | undefined): SharedOpening<void> {
    const running = this.openings.get(preamble);
    if (running !== undefined && !running.isGivenUp) return running;
    const opening: SharedOpening<void> = new SharedOpening(async (signal) => {
      try {
        await this.paused(signal);
        this.adopt(await connectOrigin(this.origin, this.options, signal, preamble), preamble);
      } finally {
        if (this.openings.get(preamble) === opening) this.openings.delete(preamble);
      }
    });
    this.openings.set(preamble, opening);
    return opening;
  }
}
