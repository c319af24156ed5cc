import { parseAcceptEncoding } from '@windhover/http-semantics';

/** The codings that are told apart. Whatever else a client accepts is not asked for. */
const codings = ['br', 'zstd', 'gzip'] as const;

/** What a client accepts that knows no coding at all. */
export const identityOnly = 0;

/**
 * Returns the codings that a client accepts, as bits: 1 for br, 2 for zstd, 4 for gzip; -1 if it refuses the plain content, which no
 * other client does. Weights do not count: all clients with the same codings share an answer.
 */
export function acceptedCodings(acceptEncoding: string | undefined): number {
  if (acceptEncoding === undefined) return identityOnly;
  const known = knownValues.get(acceptEncoding);
  if (known !== undefined) return known;
  const accepted = readCodings(acceptEncoding);
  if (knownValues.size === 64) knownValues.clear(); // clients can send any number of different values
  if (acceptEncoding.length <= 128) knownValues.set(` ${acceptEncoding}`.slice(1), accepted);
  return accepted;
}

/** Browsers send one of a few values. */
const knownValues = new Map<string, number>();

function readCodings(acceptEncoding: string): number {
  const weights = new Map(parseAcceptEncoding(acceptEncoding).map(({ value, quality }) => [value, quality]));
  const others = weights.get('*') ?? 0;
  if ((weights.get('identity') ?? (weights.has('*') ? others : 1)) === 0) return -1;
  return codings.reduce((bits, coding, index) => ((weights.get(coding) ?? others) > 0 ? bits | (1 << index) : bits), 0);
}

/** The `Accept-Encoding` that asks for an answer for every client with these codings. */
export function formatCodings(accepted: number): string {
  return accepted === identityOnly
    ? 'identity'
    : codings.filter((_, index) => (accepted & (1 << index)) !== 0).join(', ');
}

/** Whether clients with these codings can read a content with that `Content-Encoding`. */
export function canRead(accepted: number, contentEncoding: string | undefined): boolean {
  if (contentEncoding === undefined || contentEncoding === 'identity') return true;
  const index = codings.indexOf(contentEncoding.toLowerCase() as 'br');
  return index >= 0 && (accepted & (1 << index)) !== 0;
}
