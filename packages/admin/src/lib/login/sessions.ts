import { createHash, randomBytes } from 'node:crypto';
import type { AdminRole } from '../api-types.ts';

/** Somebody who has logged in. */
export interface Session {
  readonly user: string;
  /** By a token, not by a password. */
  readonly isToken: boolean;
  role: AdminRole;
  readonly csrf: string;
  readonly client: string;
  readonly endsAt: number;
  usedAt: number;
  /** When it was last asked whether the user may still log in. */
  checkedAt: number;
  /** Called when it ends. */
  readonly onEnd: Set<() => void>;
}

/** How long sessions last, and how many there are. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly max: number;
  readonly maxPerUser: number;
  /** Whether a session is good only for the address that logged in. */
  readonly bindsAddress: boolean;
}

/** The sessions of this process. They are kept by the digest of their cookie, so that what is found in memory cannot be sent. */
export class Sessions {
  private readonly limits: SessionLimits;
  private readonly byDigest = new Map<string, Session>();

  constructor(limits: SessionLimits) {
    this.limits = limits;
  }

  get size(): number {
    return this.byDigest.size;
  }

  create(
    { user, role, isToken }: Pick<Session, 'user' | 'role' | 'isToken'>,
    client: string,
    now: number,
  ): { readonly id: string; readonly session: Session } {
    const { max, maxPerUser, absoluteMs } = this.limits;
    this.sweep(now);
    const ofUser = [...this.byDigest].filter(([, session]) => session.user === user);
    if (ofUser.length >= maxPerUser) this.endAt(ofUser[0]![0]);
    if (this.byDigest.size >= max) this.endAt(this.byDigest.keys().next().value!);
    const id = randomBytes(32).toString('base64url');
    const session: Session = {
      ...{ user, role, isToken, client, usedAt: now, checkedAt: now, endsAt: now + absoluteMs },
      csrf: randomBytes(32).toString('base64url'),
      onEnd: new Set(),
    };
    this.byDigest.set(digestOf(id), session);
    return { id, session };
  }

  /** Finds a session that has not ended, and notes its use. */
  find(id: string, client: string, now: number): Session | null {
    const key = digestOf(id);
    const session = this.byDigest.get(key);
    if (session === undefined) return null;
    if (this.isOver(session, now)) {
      this.endAt(key);
      return null;
    }
    if (this.limits.bindsAddress && session.client !== client) return null; // it was stolen, or the client has moved
    session.usedAt = now;
    return session;
  }

  end(session: Session): void {
    for (const [key, each] of this.byDigest) if (each === session) this.endAt(key);
  }

  isOver(session: Session, now: number): boolean {
    return now >= session.endsAt || now - session.usedAt >= this.limits.idleMs;
  }

  endAll(): void {
    for (const key of [...this.byDigest.keys()]) this.endAt(key);
  }

  private sweep(now: number): void {
    for (const [key, session] of [...this.byDigest]) if (this.isOver(session, now)) this.endAt(key);
  }

  private endAt(key: string): void {
    const session = this.byDigest.get(key);
    this.byDigest.delete(key);
    for (const tell of session?.onEnd ?? []) tell();
  }
}

function digestOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
