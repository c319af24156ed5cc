import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';

/** A provider that signs what a test wants, lies included. */
export interface FakeProvider {
  readonly issuer: string;
  /** Claims that replace those of the next ID tokens; `undefined` removes one. */
  claims: Record<string, unknown>;
  /** Replaces the answer of the token endpoint. */
  answer: { readonly status: number; readonly body: unknown } | null;
  /** How the next ID token is signed. */
  forge: 'no' | 'none' | 'other key' | 'secret';
  /** What the token endpoint was asked: the grant types. */
  readonly asked: URLSearchParams[];
  /** The nonce of the login that is under way. */
  nonce: string;
  isDown: boolean;
  /** The last Authorization field. */
  authorization: string;
  expiresIn: number;
  refreshToken: string | null;
  sign(payload: JWTPayload, forge?: FakeProvider['forge']): Promise<string>;
}

export const clientId = 'app';
export const clientSecret = 'a secret that only the two of them know';

const keys = await generateKeyPair('ES256', { extractable: true });
const others = await generateKeyPair('ES256');
const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };

export async function startFakeProvider(): Promise<FakeProvider> {
  const answers: Record<string, (body: string) => unknown | Promise<unknown>> = {
    '/.well-known/openid-configuration': () => ({
      issuer: provider.issuer,
      authorization_endpoint: `${provider.issuer}/authorize`,
      token_endpoint: `${provider.issuer}/token`,
      jwks_uri: `${provider.issuer}/keys`,
      end_session_endpoint: `${provider.issuer}/end`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
    }),
    '/keys': () => ({ keys: [jwk] }),
    '/token': async (body) => {
      provider.asked.push(new URLSearchParams(body));
      if (provider.answer !== null) return provider.answer.body;
      const refresh = provider.refreshToken === null ? {} : { refresh_token: provider.refreshToken };
      const tokens = { access_token: 'access', token_type: 'Bearer', expires_in: provider.expiresIn, ...refresh };
      return { ...tokens, id_token: await provider.sign(idToken(), provider.forge) };
    },
  };
  const idToken = (): JWTPayload => {
    const now = Math.floor(Date.now() / 1000);
    const { issuer: iss, nonce } = provider;
    return { iss, aud: clientId, sub: 'ada', sid: 's1', iat: now, exp: now + 300, nonce, ...provider.claims };
  };
  const server = createServer(async (request, response) => {
    if (provider.isDown) return void request.socket.destroy();
    provider.authorization = request.url === '/token' ? (request.headers.authorization ?? '') : provider.authorization;
    let body = '';
    for await (const chunk of request) body += chunk;
    const answer = answers[request.url ?? ''];
    const content = JSON.stringify((await answer?.(body)) ?? null);
    const status = request.url === '/token' && provider.answer !== null ? provider.answer.status : 200;
    response.writeHead(answer === undefined ? 404 : status, { 'Content-Type': 'application/json' }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const provider: FakeProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    claims: {},
    answer: null,
    forge: 'no',
    asked: [],
    nonce: '',
    isDown: false,
    authorization: '',
    expiresIn: 60,
    refreshToken: null,
    sign(payload, forge = 'no') {
      const token = new SignJWT(payload);
      if (forge === 'none') {
        const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
        return Promise.resolve(`${part({ alg: 'none' })}.${part(payload)}.`);
      }
      if (forge === 'secret')
        return token.setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(Buffer.from(clientSecret));
      return token
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .sign(forge === 'no' ? keys.privateKey : others.privateKey);
    },
  };
  return provider;
}
