import type { AuthScheme, Verdict } from '@windhover/auth';
import type { HttpContext } from '@windhover/core';
import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import { originOf, redirectTo } from './answer.ts';
import { isPageRequest } from './asked-by.ts';
import { finishLogin } from './callback.ts';
import { isEnded } from './is-ended.ts';
import { localTarget } from './local-target.ts';
import { keepLogin, type Login, readLogin, toUser } from './login.ts';
import { logOut, takeBackchannelLogout } from './logout.ts';
import { LogoutTokens } from './logout-token.ts';
import { mountPath } from './mount.ts';
import { type OidcOptions, resolveOidc } from './oidc-options.ts';
import { PendingLogins } from './pending-logins.ts';
import { Provider } from './provider.ts';
import { Refresher } from './refresher.ts';
import { clearSession, type Session, sessionOf } from './session.ts';

/**
 * Logs users in at an OpenID Connect provider: authorization code flow with PKCE, state and nonce. The login is kept in the session, so
 * `session()` of `@windhover/session` must stand before `auth()`. It answers pages without a user with a redirect, so it stands last in
 * a list of schemes. Throws `OIDC_OPTION_INVALID`.
 */
export function oidc(options: OidcOptions): AuthScheme {
  const resolved = resolveOidc(options);
  const { clock, ended, asks, ownPaths, redirectPath, loginPath, logoutPath, backchannelPath } = resolved;
  const provider = new Provider(resolved);
  const refresher = new Refresher(resolved, provider);
  const logins = new PendingLogins(`${resolved.issuer.href} ${resolved.clientId}`);
  const logoutTokens = new LogoutTokens(resolved, provider);
  const issuer = resolved.issuer.href;
  const ownOrigin = (context: HttpContext): string => resolved.origin ?? originOf(context);
  /** What our own paths stand behind. */
  const base = (context: HttpContext): string => `${ownOrigin(context)}${mountPath(context)}`;

  const begin = async (context: HttpContext, session: Session, asked: string | null): Promise<'answered'> => {
    const local = localTarget(asked);
    const path = local.split('?', 1)[0]!;
    const mount = mountPath(context);
    const isOwn = path.startsWith(mount) && ownPaths.has(path.slice(mount.length));
    const target = isOwn ? `${mount}/` : local;
    const secrets = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const pending = { ...secrets, target, startedAt: clock.now() };
    const url = await provider.authorizationUrl(pending, `${base(context)}${redirectPath}`);
    logins.add(context, session, pending);
    return redirectTo(context, url.href);
  };

  /** Nobody is logged in: leads a page to the provider; scripts and programs get 401. */
  const ask = (context: HttpContext, session: Session): null | Promise<'answered'> =>
    asks && isPageRequest(context) ? begin(context, session, `${mountPath(context)}${context.request.target}`) : null;

  const answerOwnPath = (context: HttpContext, session: Session): Promise<Verdict> => {
    const { path, query } = context.request;
    if (path === redirectPath)
      return finishLogin(context, session, { provider, logins, options: resolved, origin: base(context) });
    if (path === logoutPath) return logOut(context, session, provider, resolved, ownOrigin(context));
    return begin(context, session, new URLSearchParams(query ?? '').get('to'));
  };

  const again = (context: HttpContext, session: Session): Verdict | Promise<Verdict> => {
    clearSession(session);
    return ask(context, session);
  };

  const useLogin = async (
    context: HttpContext,
    session: Session,
    login: Login,
    isOver: boolean | Promise<boolean>,
  ): Promise<Verdict> => {
    if (await isOver) return again(context, session);
    if (!needsRefresh(login, clock.now())) return toUser(login);
    const refreshed = await refresher.refresh(login, login.refresh!);
    if (refreshed === 'refused') return again(context, session);
    if (refreshed === 'unavailable') return toUser(login);
    keepLogin(session, refreshed);
    return toUser(refreshed);
  };

  return {
    name: 'oidc',
    challenges: () => [],
    authenticate(context) {
      const { path } = context.request;
      if (path === backchannelPath) return takeBackchannelLogout(context, logoutTokens, resolved);
      const session = sessionOf(context);
      if (path === redirectPath || path === loginPath || path === logoutPath) return answerOwnPath(context, session);
      const login = readLogin(session);
      if (login === null) return ask(context, session);
      const isOver = isEnded(login, ended, issuer);
      if (isOver === false && !needsRefresh(login, clock.now())) return toUser(login);
      return useLogin(context, session, login, isOver);
    },
  };
}

function needsRefresh({ refresh, until }: Login, now: number): boolean {
  return refresh !== undefined && until !== undefined && now >= until;
}
