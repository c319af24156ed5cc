import type { Clock } from '@windhover/core';
import { addressKey } from '@windhover/ip';
import type { FtpSharing } from '../counts/ftp-counts.ts';

/** When an address that fails to log in is shut out. */
export interface FailureLimit {
  /** Failures, 1 or more. Default: 4, as in IIS. */
  readonly failures?: number;
  /** Milliseconds in which they happen, and for which the address is then shut out. Default: 30,000, as in IIS. */
  readonly periodMs?: number;
}

interface Failures {
  count: number;
  /** The count starts anew then, or the address may come back. */
  until: number;
}

/** How many addresses are remembered. Beyond that, those that came first are forgotten. */
const maxAddresses = 10_000;

/** Counts failed logins of addresses (of networks of 64 bits with IPv6), and shuts out those with too many. */
export class FailureGuard {
  private readonly clock: Pick<Clock, 'now'>;
  private readonly max: number;
  private readonly periodMs: number;
  private readonly seen = new Map<string, Failures>();

  private readonly sharing: Pick<FtpSharing, 'tellFailure'>;

  /** @param sharing takes failures of this process for others. Default: there are none */
  constructor(
    { failures = 4, periodMs = 30_000 }: FailureLimit,
    clock: Pick<Clock, 'now'>,
    sharing: Pick<FtpSharing, 'tellFailure'> = {},
  ) {
    this.max = failures;
    this.periodMs = periodMs;
    this.clock = clock;
    this.sharing = sharing;
  }

  /** Notes a failure; returns whether the address is shut out now. */
  fail(address: string): boolean {
    this.sharing.tellFailure?.(address);
    return this.note(address);
  }

  isShutOut(address: string): boolean {
    const entry = this.seen.get(keyOf(address));
    return entry !== undefined && entry.count >= this.max && entry.until > this.clock.now();
  }

  /** Notes a failure of another process; returns whether the address is shut out now. */
  note(address: string): boolean {
    const now = this.clock.now();
    const key = keyOf(address);
    const known = this.seen.get(key);
    const entry = known !== undefined && known.until > now ? known : { count: 0, until: now + this.periodMs };
    entry.count += 1;
    if (entry.count >= this.max) entry.until = now + this.periodMs;
    this.seen.delete(key); // to the end of the order
    this.seen.set(key, entry);
    if (this.seen.size > maxAddresses) this.forgetOldest();
    return entry.count >= this.max;
  }

  private forgetOldest(): void {
    for (const key of this.seen.keys()) {
      this.seen.delete(key);
      return;
    }
  }
}

function keyOf(address: string): string {
  return addressKey(address) ?? address;
}
