import type { Deadline, TimerWheel } from '@windhover/transport';
import { nextPingAt } from './ping-times.ts';

/** The connection that is watched. */
export interface PingWatchOwner {
  readonly wheel: TimerWheel;
  /** Silence until a PING, in milliseconds; `null`: none is sent. */
  readonly pingAfterMs: number | null;
  readonly pingTimeoutMs: number;
  /** Whether calls wait for something of the upstream. */
  readonly hasCalls: boolean;
  /** Whether nothing is read at present, so that silence says nothing. */
  readonly isDeaf: boolean;
  ping(): void;
  /** The upstream has sent nothing since the PING. */
  dead(): void;
}

/** After a pause of this process, time-outs come before the bytes that arrived meanwhile. So an answer gets a moment more. */
const MOMENT_MS = 1;

/**
 * Finds out that an upstream is not there any more although its connection was never closed, as when a firewall has
 * forgotten it: a PING after a silence (RFC 9113 §6.7). Any bytes count as the answer.
 */
export class PingWatch {
  private readonly owner: PingWatchOwner;
  private readonly deadline: Deadline;
  private heardAt: number;
  private pingedAt: number | null = null;
  private answer: 'none' | 'awaited' | 'late' = 'none';
  private isSet = false;
  private hasSent = false;
  private wasEarly = false;

  constructor(owner: PingWatchOwner) {
    this.owner = owner;
    this.heardAt = owner.wheel.now;
    this.deadline = owner.wheel.createDeadline(() => this.passed());
  }

  /** Bytes have come. */
  heard(now: number): void {
    this.heardAt = now;
    this.answer = 'none';
  }

  /** The upstream has answered something: servers count pings from here on anew. */
  answered(): void {
    this.pingedAt = null;
    this.wasEarly = false;
  }

  /** A request goes out. The first one after a long silence has a PING with it, so that it costs no time. */
  sent(): void {
    this.hasSent = true;
    const { pingAfterMs, wheel } = this.owner;
    if (this.isSet || pingAfterMs === null) return;
    this.isSet = true;
    const { now } = wheel;
    const isLate = now - this.heardAt >= pingAfterMs;
    if (!isLate) this.heardAt = now;
    this.look(now, pingAfterMs);
  }

  dispose(): void {
    this.deadline.dispose();
    this.isSet = true;
  }

  private passed(): void {
    const { hasCalls, isDeaf, pingAfterMs, wheel } = this.owner;
    this.isSet = false;
    if (!hasCalls || pingAfterMs === null) {
      this.answer = 'none';
      return;
    }
    this.isSet = true;
    const { now } = wheel;
    if (isDeaf) this.heard(now);
    if (this.answer === 'late') this.owner.dead();
    else if (this.answer === 'awaited') {
      this.answer = 'late';
      this.deadline.set(MOMENT_MS, now);
    } else this.look(now, pingAfterMs);
  }

  private look(now: number, afterMs: number): void {
    const mayPingSooner = this.hasSent && !this.wasEarly;
    const dueAt = nextPingAt({ heardAt: this.heardAt, pingedAt: this.pingedAt, mayPingSooner }, afterMs);
    if (now < dueAt) {
      this.deadline.set(Math.min(dueAt - now, afterMs), now); // an answer or a request may make it due sooner
      return;
    }
    if (this.pingedAt !== null && mayPingSooner) this.wasEarly = true;
    this.hasSent = false;
    this.pingedAt = now;
    this.answer = 'awaited';
    this.deadline.set(this.owner.pingTimeoutMs, now);
    this.owner.ping();
  }
}
