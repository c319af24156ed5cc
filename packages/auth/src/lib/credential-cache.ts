import * as crypto from 'node:crypto';

/**
 * Remembers for a short time what credentials were good for. It holds no credentials: the keys are hashes with a secret
 * of this process, so that a dump of the memory does not give away passwords. Times are milliseconds.
 */
export class CredentialCache<T> {
  private readonly entries = new Map<string, { readonly value: T; readonly until: number }>();
  private readonly secret = crypto.randomBytes(32).toString('base64');
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  /** The key of credentials. The secret comes first, so it is as good as an HMAC while nobody sees the hashes. */
  keyOf(credentials: string): string {
    return crypto.hash('sha256', this.secret + credentials, 'hex');
  }

  get(key: string, now: number): T | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (now < entry.until) return entry.value;
    this.entries.delete(key);
    return undefined;
  }

  /** The entry that was added first gives way when there are too many. */
  set(key: string, value: T, until: number): void {
    if (this.max === 0) return;
    this.entries.delete(key);
    if (this.entries.size >= this.max)
      for (const oldest of this.entries.keys()) {
        this.entries.delete(oldest);
        break;
      }
    this.entries.set(key, { value, until });
  }

  clear(): void {
    this.entries.clear();
  }

  get size(): number {
    return this.entries.size;
  }
}
