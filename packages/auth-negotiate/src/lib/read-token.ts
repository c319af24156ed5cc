import type { Refusal } from '@windhover/auth';

/**
 * The token of `Authorization: Negotiate` (RFC 4559 §4.2); `''` if the field names the scheme only, `null` if it is
 * missing or names another scheme.
 */
export function negotiateToken(field: string | undefined): string | null {
  const [, token] = /^negotiate(?: +(.*))?$/i.exec(field ?? '') ?? [];
  if (token !== undefined) return token.trim();
  return field?.toLowerCase() === 'negotiate' ? '' : null;
}

/** Why a token is not given to GSSAPI at all; `null` if it may be. */
export function refuseToken(token: string, maxBytes: number): Refusal | null {
  if (token.length > Math.ceil(maxBytes / 3) * 4) return { refused: 'token-too-large' };
  if (token.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(token)) return { refused: 'malformed' };
  const bytes = Buffer.from(token, 'base64');
  if (bytes.length > maxBytes) return { refused: 'token-too-large' };
  // NTLM stands alone or within SPNEGO. Without the challenge, clients choose another scheme.
  if (bytes.includes('NTLMSSP\0', 0, 'latin1')) return { refused: 'ntlm', challenges: [] };
  return null;
}
