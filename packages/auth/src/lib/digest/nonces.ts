import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What is known of a nonce. */
export type NonceState = 'good' | 'stale' | 'foreign' | 'replayed';

interface Used {
  highest: number;
  /** One bit for each of the 32 counts up to the highest. */
  seen: number;
  /** The client's own nonce in the first request. */
  readonly cnonce: string;
}

/**
 * Nonces that carry their time and a signature, so that only those in use need memory. A count may come once; counts of
 * requests that overtake each other may come up to 31 late.
 */
export class Nonces {
  private readonly used = new Map<string, Used>();
  private readonly secret = randomBytes(32);
  private readonly lifetimeMs: number;
  private readonly max: number;
  /** Nonces that were made up to here are stale, because the counts of some have been given up. */
  private forgottenUntil = Number.NEGATIVE_INFINITY;

  constructor(lifetimeMs: number, max: number) {
    this.lifetimeMs = lifetimeMs;
    this.max = max;
  }

  make(now: number): string {
    const content = `${Math.floor(now).toString(36)}.${randomBytes(9).toString('base64url')}`;
    return `${content}.${this.sign(content)}`;
  }

  /** The `cnonce` of the first request that has used a nonce; `undefined` if none has. */
  firstCnonce(nonce: string): string | undefined {
    return this.used.get(nonce)?.cnonce;
  }

  /**
   * @param count the `nc` of the request
   * @param cnonce its `cnonce`, for `firstCnonce`
   */
  use(nonce: string, count: number, now: number, cnonce = ''): NonceState {
    const end = nonce.lastIndexOf('.');
    const content = nonce.slice(0, Math.max(end, 0));
    const given = Buffer.from(nonce.slice(end + 1));
    const right = Buffer.from(this.sign(content));
    if (given.length !== right.length || !timingSafeEqual(given, right)) return 'foreign';
    const madeAt = Number.parseInt(content, 36);
    if (now - madeAt >= this.lifetimeMs || madeAt <= this.forgottenUntil) return 'stale';
    return this.count(nonce, count, cnonce) ? 'good' : 'replayed';
  }

  private count(nonce: string, count: number, cnonce: string): boolean {
    const entry = this.used.get(nonce);
    if (entry === undefined) {
      this.makeRoom();
      this.used.set(nonce, { highest: count, seen: 1, cnonce });
      return true;
    }
    const ahead = count - entry.highest;
    if (ahead > 0) {
      entry.seen = ahead > 31 ? 1 : (entry.seen << ahead) | 1;
      entry.highest = count;
      return true;
    }
    if (ahead <= -32 || (entry.seen & (1 << -ahead)) !== 0) return false;
    entry.seen |= 1 << -ahead;
    return true;
  }

  /** Gives up the counts of the nonce that was used first. It and all older ones become stale, so that none can be replayed. */
  private makeRoom(): void {
    if (this.used.size < this.max) return;
    for (const oldest of this.used.keys()) {
      this.used.delete(oldest);
      this.forgottenUntil = Math.max(this.forgottenUntil, Number.parseInt(oldest, 36));
      return;
    }
  }

  private sign(content: string): string {
    return createHmac('sha256', this.secret).update(content).digest('base64url').slice(0, 22);
  }
}
