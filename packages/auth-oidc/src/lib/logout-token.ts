import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { oidcError } from './errors.ts';
import type { ResolvedOidc } from './oidc-options.ts';
import type { Provider } from './provider.ts';

/** Which logins a logout token ends. */
export interface EndedSession {
  /** `sid:…`, one login, or `sub:…`, all of a user. */
  readonly key: string;
  /** In seconds of the provider's clock. */
  readonly issuedAt: number;
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
/** Only with a public key: an HMAC keyed with it, or no signature at all, proves nothing. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** How old a logout token may be, in seconds: the specification recommends two minutes. */
const maxAge = 120;

/** Verifies logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.6). */
export class LogoutTokens {
  private readonly options: ResolvedOidc;
  private readonly provider: Provider;
  private keys: JWTVerifyGetKey | null = null;

  constructor(options: ResolvedOidc, provider: Provider) {
    this.options = options;
    this.provider = provider;
  }

  /** Returns `null` for a token that is not valid. Throws `OIDC_PROVIDER_UNAVAILABLE` if its keys cannot be fetched. */
  async verify(token: string): Promise<EndedSession | null> {
    const { clientId, leewayMs, clock } = this.options;
    const { issuer, jwks_uri: keysUrl } = (await this.provider.configuration()).serverMetadata();
    this.keys ??= this.keysAt(keysUrl);
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        issuer,
        audience: clientId,
        algorithms,
        requiredClaims: ['iat', 'jti'],
        maxTokenAge: maxAge,
        clockTolerance: leewayMs / 1000,
        currentDate: new Date(clock.now()),
      });
      return endedBy(payload);
    } catch (error) {
      const isUnavailable = !(error instanceof errors.JOSEError) || error.code === 'ERR_JWKS_TIMEOUT';
      if (isUnavailable || error.code === 'ERR_JOSE_GENERIC') throw oidcError('OIDC_PROVIDER_UNAVAILABLE', '', error);
      return null;
    }
  }

  private keysAt(url: string | undefined): JWTVerifyGetKey {
    const keys = url === undefined ? null : new URL(url);
    if (keys === null || (keys.protocol !== 'https:' && !this.options.isPlain))
      throw oidcError('OIDC_PROVIDER_UNAVAILABLE', 'it names no keys that can be trusted');
    return createRemoteJWKSet(keys, { timeoutDuration: this.options.timeoutMs });
  }
}

/** An ID token has a nonce and no event, so that none can be used to log somebody out. */
function endedBy({ iat, events, nonce, sid, sub }: JWTPayload): EndedSession | null {
  const isLogout = typeof events === 'object' && events !== null && Object.hasOwn(events, logoutEvent);
  if (!isLogout || nonce !== undefined || iat === undefined) return null;
  if (typeof sid === 'string' && sid !== '') return { key: `sid:${sid}`, issuedAt: iat };
  return typeof sub === 'string' && sub !== '' ? { key: `sub:${sub}`, issuedAt: iat } : null;
}
