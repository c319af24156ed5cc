import type { HttpContext } from '@windhover/core';
import { answerStatus, redirectTo } from './answer.ts';
import { mayLogOut } from './asked-by.ts';
import { readLogin } from './login.ts';
import type { LogoutTokens } from './logout-token.ts';
import type { ResolvedOidc } from './oidc-options.ts';
import type { Provider } from './provider.ts';
import type { Session } from './session.ts';

/** A logout token is some hundred bytes. */
const maxBodyBytes = 65_536;

/** Ends the session here, and sends the browser to the provider, so that it ends its own (OpenID Connect RP-Initiated Logout 1.0). */
export async function logOut(
  context: HttpContext,
  session: Session,
  provider: Provider,
  options: ResolvedOidc,
  origin: string,
): Promise<'answered'> {
  if (!mayLogOut(context)) return answerStatus(context, 403);
  const { afterLogoutPath, issuer, ended } = options;
  const login = readLogin(session);
  if (login !== null) await ended.end(`${issuer.href} id:${login.id}`, login.iat);
  session.destroy();
  const url = login === null ? null : await endSessionUrl(provider);
  if (url === null) return redirectTo(context, afterLogoutPath ?? '/');
  url.searchParams.set('client_id', options.clientId);
  if (login?.idToken !== undefined) url.searchParams.set('id_token_hint', login.idToken);
  if (afterLogoutPath !== null) url.searchParams.set('post_logout_redirect_uri', `${origin}${afterLogoutPath}`);
  return redirectTo(context, url.href);
}

/** Where the provider's session is ended; `null` if it has no such place, or does not answer: it is logged, and the logout here counts. */
async function endSessionUrl(provider: Provider): Promise<URL | null> {
  const configuration = await provider.configuration().catch(() => null);
  const url = configuration?.serverMetadata().end_session_endpoint;
  return url === undefined || !/^https?:/.test(url) ? null : new URL(url);
}

/** Takes a message of the provider that a session has ended (OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.8). */
export async function takeBackchannelLogout(
  context: HttpContext,
  tokens: LogoutTokens,
  { ended, issuer }: ResolvedOidc,
): Promise<'answered'> {
  const { request, response } = context;
  if (request.method !== 'POST') {
    response.headers.set('Allow', 'POST');
    return answerStatus(context, 405);
  }
  request.body.maxBytes = Math.min(request.body.maxBytes ?? maxBodyBytes, maxBodyBytes);
  const token = new URLSearchParams(await request.body.text()).get('logout_token');
  const session = token === null ? null : await tokens.verify(token);
  if (session === null) {
    response.headers.set('Content-Type', 'application/json');
    response.body = '{"error":"invalid_request"}';
    return answerStatus(context, 400);
  }
  await ended.end(`${issuer.href} ${session.key}`, session.issuedAt);
  return answerStatus(context, 200);
}
