import { createHmac, timingSafeEqual } from 'node:crypto';

/** The parts of a query with a signature at its end. */
export interface SignedQuery {
  /** What stands before, `''` for nothing. */
  readonly rest: string;
  /** The terms of the signature, as they stand in the query. */
  readonly terms: string;
  readonly signature: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly prefix: string | null;
  readonly address: string | null;
  readonly user: string | null;
}

const tail =
  /^(?:(.*)&)?(wh_expires=(\d{1,12})(?:&wh_prefix=([^&]+))?(?:&wh_address=([^&]+))?(?:&wh_user=([^&]+))?)&wh_signature=([\w-]{43})$/;

/** Parses a query. `null`: it has no signature. `undefined`: it has something like one, but not as `signUrl` writes it. */
export function parseSignedQuery(query: string | null): SignedQuery | null | undefined {
  if (query === null || !/(?:^|&)wh_/.test(query)) return null;
  const [, rest = '', terms, seconds, prefix, address, user, signature] = tail.exec(query) ?? [];
  if (terms === undefined || /(?:^|&)wh_/.test(rest)) return undefined;
  try {
    return {
      rest,
      terms,
      signature: signature!,
      expiresAt: Number(seconds) * 1000,
      prefix: prefix === undefined ? null : decodeURIComponent(prefix),
      address: address === undefined ? null : decodeURIComponent(address),
      user: user === undefined ? null : decodeURIComponent(user),
    };
  } catch {
    return undefined; // not UTF-8
  }
}

/** Signs terms for one path and query, or for everything below the prefix that the terms name. */
export function signTerms(secret: string, terms: string, url: string | null): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify([terms, url]))
    .digest('base64url');
}

/** Whether one of the secrets has made the signature. */
export function isSignedBy(secrets: readonly string[], signature: string, terms: string, url: string | null): boolean {
  const given = Buffer.from(signature);
  return secrets.some((secret) => {
    const right = Buffer.from(signTerms(secret, terms, url));
    return right.length === given.length && timingSafeEqual(right, given);
  });
}
