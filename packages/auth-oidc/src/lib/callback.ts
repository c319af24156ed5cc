import { randomBytes } from 'node:crypto';
import type { Refusal } from '@windhover/auth';
import { type HttpContext, HttpError } from '@windhover/core';
import { answerStatus, redirectTo } from './answer.ts';
import { oidcError } from './errors.ts';
import { describeUser, keepLogin, type Login, readLogin } from './login.ts';
import type { ResolvedOidc } from './oidc-options.ts';
import type { PendingLogin, PendingLogins } from './pending-logins.ts';
import type { Provider, Tokens } from './provider.ts';
import { faultText, providerFault } from './provider-fault.ts';
import { clearSession, type Session } from './session.ts';

const unknownState: Refusal = { refused: 'state', status: 400 };
const refusals: Readonly<Record<'denied' | 'stale' | 'invalid', Refusal>> = {
  denied: { refused: 'denied', status: 403 },
  stale: { refused: 'code', status: 400 },
  invalid: { refused: 'callback', status: 400 },
};

/** What a callback needs beside the request. */
export interface CallbackParts {
  readonly provider: Provider;
  readonly logins: PendingLogins;
  readonly options: ResolvedOidc;
  /** How browsers reach this server. */
  readonly origin: string;
}

/** Takes the answer of the provider: keeps the login in the session, and leads to the page that was asked for. */
export async function finishLogin(
  context: HttpContext,
  session: Session,
  { provider, logins, options, origin }: CallbackParts,
): Promise<Refusal | 'answered'> {
  const { request, response } = context;
  if (request.method !== 'GET') {
    response.headers.set('Allow', 'GET');
    return answerStatus(context, 405);
  }
  const query = new URLSearchParams(request.query ?? '');
  const pending = logins.take(context, session, query.get('state'), options.clock.now());
  if (pending === null) return unknownState;
  const callback = new URL(`${origin}${options.redirectPath}?${query}`);
  const tokens = await exchange(callback, pending, provider, options);
  if ('refused' in tokens) return tokens;
  const login = toLogin(tokens, options);
  if (login === null) {
    options.log.warn('The provider names a user without the claim for the name', { claim: options.names.nameClaim });
    return refusals.invalid;
  }
  const before = readLogin(session);
  if (before !== null && before.claims.sub !== login.claims.sub) clearSession(session);
  session.regenerate();
  keepLogin(session, login);
  return redirectTo(context, pending.target);
}

async function exchange(
  callback: URL,
  pending: PendingLogin,
  provider: Provider,
  { log, issuer }: ResolvedOidc,
): Promise<Tokens | Refusal> {
  try {
    return await provider.exchange(callback, pending);
  } catch (error) {
    if (HttpError.is(error)) throw error;
    const fault = providerFault(error);
    if (fault === 'unavailable') throw oidcError('OIDC_PROVIDER_UNAVAILABLE', '', error);
    if (fault === 'invalid')
      log.warn('An answer of the provider is not valid', { issuer: issuer.href, reason: faultText(error) });
    return refusals[fault];
  }
}

function toLogin({ claims, idToken, refreshToken, expiresIn }: Tokens, options: ResolvedOidc): Login | null {
  const user = claims === null ? null : describeUser(claims, options.names, options.keepClaims);
  if (user === null) return null;
  const { sid, iat } = claims!;
  return {
    ...user,
    id: randomBytes(12).toString('base64url'),
    iat: Number(iat),
    ...(typeof sid === 'string' ? { sid } : {}),
    ...(refreshToken === null ? {} : { refresh: refreshToken, until: options.clock.now() + expiresIn * 1000 }),
    ...(idToken === null || !options.keepIdToken ? {} : { idToken }),
  };
}
