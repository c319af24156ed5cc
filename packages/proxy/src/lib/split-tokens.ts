import { createHmac, timingSafeEqual } from 'node:crypto';

/** The values that the cookie of a split may have, one for each branch. */
export class SplitTokens {
  private readonly tokens: ReadonlyMap<string, Buffer>;

  constructor(branches: readonly { readonly name: string }[], secret: string | undefined) {
    this.tokens = new Map(branches.map(({ name }) => [name, Buffer.from(tokenOf(name, secret), 'latin1')]));
  }

  get all(): readonly string[] {
    return [...this.tokens.values()].map((token) => token.toString('latin1'));
  }

  tokenOf(name: string): string {
    return this.tokens.get(name)!.toString('latin1');
  }

  /** Returns the branch that a client names; `null` if there is none, or if we have not made the value. */
  nameOf(sent: string | null): string | null {
    if (sent === null) return null;
    for (const [name, token] of this.tokens) {
      if (token.length !== sent.length) continue; // a huge value is not copied
      const bytes = Buffer.from(sent);
      if (bytes.length === token.length && timingSafeEqual(token, bytes)) return name;
    }
    return null;
  }
}

/** The name, with a signature behind it if there is a secret. */
function tokenOf(name: string, secret: string | undefined): string {
  // A name that ends inside of a surrogate pair cannot be encoded, so it is made well-formed first.
  const plain = encodeURIComponent(Buffer.from(name).toString());
  if (secret === undefined) return plain;
  return `${plain}.${createHmac('sha256', `windhover split ${secret}`).update(name).digest('base64url').slice(0, 22)}`;
}
