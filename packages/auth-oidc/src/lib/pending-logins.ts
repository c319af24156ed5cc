import { createHash } from 'node:crypto';
import type { HttpContext } from '@windhover/core';
import { formatSetCookie, parseCookies } from '@windhover/http-semantics';
import type { Session } from './session.ts';

/** A login that the provider has not answered yet. */
export interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  /** The PKCE code verifier (RFC 7636). */
  readonly verifier: string;
  /** Where the user goes afterwards: a local path. */
  readonly target: string;
  /** In milliseconds since the epoch. */
  readonly startedAt: number;
}

/** How many tabs of a browser may log in at the same time: each has a cookie, which comes with every request. */
const maxPending = 3;
/** How long the provider may take, its forms included. */
const pendingMs = 15 * 60_000;

/** Pending logins, each in an encrypted cookie of its own: strangers begin logins, and a store of sessions must not fill with them. */
export class PendingLogins {
  private readonly purpose: string;

  /** @param owner the provider and the client: a login that was begun for another is none */
  constructor(owner: string) {
    this.purpose = `oidc pending ${owner}`;
  }

  add(context: HttpContext, session: Session, login: PendingLogin): void {
    const others = this.read(context, session, login.startedAt);
    for (const { name } of others.slice(0, Math.max(0, others.length + 1 - maxPending))) setCookie(context, name, null);
    setCookie(context, nameOf(context, login.state), session.seal(this.purpose, JSON.stringify(login)));
  }

  /** Takes the login with that state away from the browser; `null` if there is none, or it is too old. */
  take(context: HttpContext, session: Session, state: string | null, now: number): PendingLogin | null {
    if (state === null) return null;
    const name = nameOf(context, state);
    const value = parseCookies(context.request.headers.get('cookie') ?? '').get(name);
    if (value === undefined) return null;
    setCookie(context, name, null);
    const login = this.open(session, value, now);
    return login?.state === state ? login : null;
  }

  /** Those of this browser, the oldest first. A cookie that is none any more is older than all. */
  private read(context: HttpContext, session: Session, now: number): readonly { name: string; startedAt: number }[] {
    const field = context.request.headers.get('cookie');
    if (field === undefined || !field.includes(plainPrefix)) return [];
    const prefix = prefixFor(context);
    const own = [...parseCookies(field)].filter(([name]) => name.startsWith(prefix));
    const logins = own.map(([name, value]) => ({ name, startedAt: this.open(session, value, now)?.startedAt ?? 0 }));
    return logins.sort((one, other) => one.startedAt - other.startedAt);
  }

  private open(session: Session, sealed: string, now: number): PendingLogin | null {
    const text = session.unseal(this.purpose, sealed);
    if (text === null) return null;
    const login = JSON.parse(text) as PendingLogin;
    return now - login.startedAt < pendingMs ? login : null;
  }
}

const plainPrefix = 'oidc-';

/** With `__Host-`, no other host and no plain connection can set the cookie. */
function prefixFor({ client }: HttpContext): string {
  return client.scheme === 'https' ? `__Host-${plainPrefix}` : plainPrefix;
}

function nameOf(context: HttpContext, state: string): string {
  return `${prefixFor(context)}${createHash('sha256').update(state).digest('base64url').slice(0, 12)}`;
}

/** The provider leads back by a link, which has `Lax` cookies. */
function setCookie(context: HttpContext, name: string, value: string | null): void {
  const secure = context.client.scheme === 'https';
  const field = formatSetCookie(name, value ?? '', {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    maxAgeSeconds: value === null ? 0 : pendingMs / 1000,
    ...(secure ? { secure } : {}),
  });
  context.onHead(({ headers }) => headers.append('Set-Cookie', field));
}
