import { importPKCS8 } from 'jose';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  PrivateKeyJwt,
  refreshTokenGrant,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
} from 'openid-client';
import { oidcError } from './errors.ts';
import type { ResolvedOidc } from './oidc-options.ts';
import type { PendingLogin } from './pending-logins.ts';
import { faultText, providerFault } from './provider-fault.ts';

/** What the provider has given. */
export interface Tokens {
  /** Of the ID token, and of the UserInfo endpoint if it is asked; `null`: a refresh without an ID token. */
  readonly claims: Readonly<Record<string, unknown>> | null;
  readonly idToken: string | null;
  readonly refreshToken: string | null;
  /** How long the access token is good, in seconds. */
  readonly expiresIn: number;
}

type Answer = TokenEndpointResponse & TokenEndpointResponseHelpers;

/** How long a provider that did not answer is left alone. */
const pauseMs = 2000;

/** The provider: its metadata are fetched at the first use, and asked for again while they cannot be had. */
export class Provider {
  private readonly options: ResolvedOidc;
  private ready: Promise<Configuration> | null = null;
  private failedAt = Number.NEGATIVE_INFINITY;
  private isDown = false;

  constructor(options: ResolvedOidc) {
    this.options = options;
  }

  /** Throws `OIDC_PROVIDER_UNAVAILABLE`, 503. */
  configuration(): Promise<Configuration> {
    const { clock } = this.options;
    if (this.ready === null) {
      if (clock.now() - this.failedAt < pauseMs) return Promise.reject(oidcError('OIDC_PROVIDER_UNAVAILABLE'));
      this.ready = this.watch(() => this.discover()).catch((error: unknown) => {
        this.ready = null;
        this.failedAt = clock.now();
        throw oidcError('OIDC_PROVIDER_UNAVAILABLE', '', error);
      });
    }
    return this.ready;
  }

  async authorizationUrl({ state, nonce, verifier }: PendingLogin, redirectUri: string): Promise<URL> {
    const { scope, parameters } = this.options;
    return buildAuthorizationUrl(await this.configuration(), {
      ...parameters,
      redirect_uri: redirectUri,
      scope,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
  }

  /** Trades the code of a callback for tokens. Throws what `providerFault` knows. */
  async exchange(callback: URL, { state, nonce, verifier }: PendingLogin): Promise<Tokens> {
    const configuration = await this.configuration();
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
    return this.watch(async () =>
      this.toTokens(configuration, await authorizationCodeGrant(configuration, callback, checks)),
    );
  }

  /** Throws what `providerFault` knows. */
  async refresh(refreshToken: string): Promise<Tokens> {
    const configuration = await this.configuration();
    return this.watch(async () => this.toTokens(configuration, await refreshTokenGrant(configuration, refreshToken)));
  }

  private async discover(): Promise<Configuration> {
    const { issuer, clientId, leewayMs, timeoutMs, isPlain } = this.options;
    const metadata = { [clockTolerance]: Math.ceil(leewayMs / 1000) };
    const execute = [enableNonRepudiationChecks, ...(isPlain ? [allowInsecureRequests] : [])];
    const options = { execute, timeout: timeoutMs / 1000 };
    return discovery(issuer, clientId, metadata, await this.clientAuth(), options);
  }

  private async clientAuth(): Promise<ClientAuth> {
    const { clientSecret, clientKey } = this.options;
    if (clientKey !== null) {
      const key = await importPKCS8(clientKey.pem, clientKey.algorithm);
      return PrivateKeyJwt(clientKey.id === undefined ? key : { key, kid: clientKey.id });
    }
    if (clientSecret === null) return None();
    const [basic, post] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)];
    return (server, ...rest) => {
      const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']; // RFC 8414 §2
      return (methods.includes('client_secret_basic') ? basic : post)(server, ...rest);
    };
  }

  private async toTokens(configuration: Configuration, answer: Answer): Promise<Tokens> {
    const own = answer.claims();
    const needsMore = own !== undefined && this.options.userInfo;
    const more = needsMore ? await fetchUserInfo(configuration, answer.access_token, own.sub) : {};
    return {
      claims: own === undefined ? null : { ...more, ...own },
      idToken: answer.id_token ?? null,
      refreshToken: answer.refresh_token ?? null,
      expiresIn: answer.expires_in ?? 300,
    };
  }

  /** Writes one line when the provider stops working, and one when it works again. */
  private async watch<T>(ask: () => Promise<T>): Promise<T> {
    const { log, issuer } = this.options;
    try {
      const result = await ask();
      if (this.isDown) log.info('The provider for logging in works again', { issuer: issuer.href });
      this.isDown = false;
      return result;
    } catch (error) {
      if (providerFault(error) === 'unavailable' && !this.isDown) {
        this.isDown = true;
        const facts = { issuer: issuer.href, reason: faultText(error) };
        log.error('The provider for logging in does not work', facts);
      }
      throw error;
    }
  }
}
