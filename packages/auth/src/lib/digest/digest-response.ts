import { type DigestAlgorithm, digestHash } from './digest-secrets.ts';

/** What a client sends in `Authorization: Digest` (RFC 7616 §3.4). */
export interface DigestFields {
  readonly username: string;
  readonly isHashed: boolean;
  readonly uri: string;
  readonly algorithm: DigestAlgorithm;
  /** Whether it is the `-sess` form of the algorithm. */
  readonly isSession: boolean;
  readonly nonce: string;
  readonly cnonce: string;
  readonly nc: string;
  readonly qop: 'auth' | 'auth-int';
  readonly response: string;
}

/** The fields of parameters; `null` if one is missing or none that a client may send. The old form without `qop` is refused. */
export function readDigestFields(
  parameters: ReadonlyMap<string, string>,
  realm: string,
  parseExtended: (text: string) => string | null,
): DigestFields | null {
  const of = (name: string): string => parameters.get(name) ?? '';
  const named = parameters.has('algorithm') ? of('algorithm').toUpperCase() : 'MD5'; // RFC 7616 §3.4: the default
  const algorithm = named.replace(/-SESS$/, '');
  const qop = of('qop');
  const extended = parameters.get('username*');
  const username = extended === undefined ? of('username') : parseExtended(extended);
  const isHashed = of('userhash').toLowerCase() === 'true';
  if (username === null || username === '' || (extended !== undefined && (isHashed || parameters.has('username'))))
    return null;
  if (of('realm') !== realm || (algorithm !== 'MD5' && algorithm !== 'SHA-256')) return null;
  if ((qop !== 'auth' && qop !== 'auth-int') || !/^[0-9a-f]{8}$/i.test(of('nc'))) return null;
  if (of('cnonce') === '' || of('uri') === '' || of('nonce') === '' || !/^[0-9a-f]{32,64}$/i.test(of('response')))
    return null;
  return {
    username,
    isHashed,
    uri: of('uri'),
    algorithm,
    isSession: named !== algorithm,
    nonce: of('nonce'),
    cnonce: of('cnonce'),
    nc: of('nc'),
    qop,
    response: of('response').toLowerCase(),
  };
}

/**
 * The secret of a `-sess` algorithm (RFC 7616 §3.4.2).
 *
 * @param cnonce that of the first request with this nonce
 */
export function sessionSecret({ algorithm, nonce }: DigestFields, ha1: string, cnonce: string): string {
  return digestHash(algorithm, `${ha1}:${nonce}:${cnonce}`);
}

/**
 * The response that a client with this secret would send (RFC 7616 §3.4.1).
 *
 * @param ha1 `H(name:realm:password)`, or the `sessionSecret`
 * @param bodyHash for `auth-int`
 */
export function digestResponse(fields: DigestFields, method: string, ha1: string, bodyHash: string): string {
  const { algorithm, uri, nonce, nc, cnonce, qop } = fields;
  const asked = qop === 'auth' ? `${method}:${uri}` : `${method}:${uri}:${bodyHash}`;
  return digestHash(algorithm, [ha1, nonce, nc, cnonce, qop, digestHash(algorithm, asked)].join(':'));
}
