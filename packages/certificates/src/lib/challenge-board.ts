import type { CertificateStore } from './certificate-store.ts';

/** How long an answer matters: authorities ask within seconds, slow ones within minutes. */
const answerMs = 60 * 60 * 1000;

/** How many answers that are not there are remembered, so that strangers cannot make the store work. */
const maxUnknown = 1000;
const unknownMs = 1000;

/**
 * The answers to challenges that are under way. They are in the store, because the authority may ask any worker of any machine.
 *
 * A token is what an authority makes (RFC 8555 §8.3): at least 128 bits in base64url. Anything else is not looked up.
 */
export class ChallengeBoard {
  private readonly store: CertificateStore;
  private readonly now: () => number;
  private readonly own = new Map<string, string>();
  private readonly unknown = new Map<string, number>();

  constructor(store: CertificateStore, now: () => number) {
    this.store = store;
    this.now = now;
  }

  /** Puts the answer for a token (HTTP-01) or a name (TLS-ALPN-01) where every server finds it. */
  async put(kind: 'token' | 'name', key: string, answer: string): Promise<void> {
    const name = nameOf(kind, key);
    this.own.set(name, answer);
    this.unknown.delete(name);
    await this.store.set(name, answer, answerMs);
  }

  async remove(kind: 'token' | 'name', key: string): Promise<void> {
    const name = nameOf(kind, key);
    this.own.delete(name);
    await this.store.delete(name);
  }

  /** Finds an answer; `null`: there is none. */
  async find(kind: 'token' | 'name', key: string): Promise<string | null> {
    if (kind === 'token' && !/^[A-Za-z0-9_-]{16,256}$/.test(key)) return null;
    const name = nameOf(kind, key);
    const own = this.own.get(name);
    if (own !== undefined) return own;
    if (this.now() < (this.unknown.get(name) ?? 0)) return null;
    const found = await this.store.get(name);
    if (found === null) {
      if (this.unknown.size >= maxUnknown) this.unknown.clear();
      this.unknown.set(name, this.now() + unknownMs);
    }
    return found;
  }
}

function nameOf(kind: 'token' | 'name', key: string): string {
  return `challenges/${kind}/${key}`;
}
