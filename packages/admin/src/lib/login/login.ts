import { timingSafeEqual } from 'node:crypto';
import { type Clock, type HttpContext, HttpError } from '@windhover/core';
import { formatSetCookie, parseCookies } from '@windhover/http-semantics';
import type { AdminRole, ApiUser } from '../api-types.ts';
import { adminError } from '../errors.ts';
import { clientKey } from './client-key.ts';
import { GuessLimit } from './guess-limit.ts';
import { type Session, type SessionLimits, Sessions } from './sessions.ts';
import type { TokenTable } from './tokens.ts';

/** Who may log in with a password. */
export interface AdminUsers {
  /** The role of that user; `null` if the name or the password is wrong, after the same time. */
  verify(name: string, password: string, client: string): AdminRole | null | Promise<AdminRole | null>;
  /** The present role of somebody who has logged in; `null`: no longer. Asked every few seconds. Default: the role stays. */
  find?(name: string): AdminRole | null | Promise<AdminRole | null>;
  /** For the list of users. Default: users are not listed. */
  list?(): readonly ApiUser[] | Promise<readonly ApiUser[]>;
}

/** Who sends a request. */
export interface Administrator {
  readonly user: string;
  readonly role: AdminRole;
  /** `null` for a bearer token. */
  readonly session: Session | null;
}

/** How often it is asked whether a user may still log in, in milliseconds. */
const checkMs = 5000;

/** Finds out who sends a request. */
export class Login {
  readonly sessions: Sessions;
  private readonly parts: { readonly users: AdminUsers | null; readonly tokens: TokenTable; readonly clock: Clock };
  /** Of passwords. Somebody with the right one may share an address with a stranger, so it waits a few seconds at most. */
  private readonly clients = new GuessLimit({ free: 5, maxWaitMs: 5000 });
  /** Of tokens, apart: a good token never waits, so this keeps nobody out. */
  private readonly tokenClients = new GuessLimit({ free: 5, maxWaitMs: 60_000 });
  private readonly names = new GuessLimit({ free: 20, maxWaitMs: 5000 });

  constructor(
    parts: { readonly users: AdminUsers | null; readonly tokens: TokenTable; readonly clock: Clock },
    limits: SessionLimits,
  ) {
    this.parts = parts;
    this.sessions = new Sessions(limits);
  }

  /** Throws `ADMIN_LOGIN_REQUIRED`, `ADMIN_LOGIN_WRONG` or `ADMIN_TOO_MANY_GUESSES`. */
  async identify(context: HttpContext): Promise<Administrator> {
    const { headers } = context.request;
    const authorization = headers.get('authorization');
    if (authorization !== undefined) {
      const token = /^bearer +([^\s]+)$/i.exec(authorization)?.[1];
      if (token === undefined) throw adminError('ADMIN_LOGIN_REQUIRED', 'expected `Authorization: Bearer TOKEN`');
      return { ...this.checkToken(token, context.client.address), session: null };
    }
    const id = parseCookies(headers.getAll('cookie').join('; ')).get(cookieName(context));
    const session = id === undefined ? null : this.sessions.find(id, context.client.address, this.parts.clock.now());
    if (session === null) throw adminError('ADMIN_LOGIN_REQUIRED');
    await this.checkUser(session);
    return { user: session.user, role: session.role, session };
  }

  /** Begins a session and returns it. The cookie is set. */
  async begin(context: HttpContext, user: string, password: string): Promise<Session> {
    const { users } = this.parts;
    const { address } = context.client;
    this.refuseGuesses(address, user);
    const takeBack = this.noteFailure(address, user);
    let role: AdminRole | null = null;
    try {
      role = users === null ? null : await users.verify(user, password, address);
    } catch (error) {
      takeBack(); // nobody has looked at the password
      throw error;
    }
    if (role === null) throw adminError('ADMIN_LOGIN_WRONG');
    this.clients.succeed(clientKey(address));
    this.names.succeed(user);
    return this.open(context, { user, role, isToken: false });
  }

  /** The same with a token, for a page. */
  beginWithToken(context: HttpContext, token: string): Session {
    const { name, role } = this.checkToken(token, context.client.address);
    return this.open(context, { user: `token ${name}`, role, isToken: true });
  }

  /** Notes that a session is in use; ends it if it is over or its user may no longer log in. */
  async stillIn(session: Session): Promise<void> {
    const now = this.parts.clock.now();
    if (this.sessions.isOver(session, now)) return this.sessions.end(session);
    session.usedAt = now;
    await this.checkUser(session).catch(() => undefined); // it has ended
  }

  /** Ends a session and takes its cookie away. */
  end(context: HttpContext, session: Session): void {
    this.sessions.end(session);
    context.response.headers.append('Set-Cookie', cookie(context, '', 0));
  }

  /** A good token needs no limit: it is too long to be guessed. */
  private checkToken(
    token: string,
    address: string,
  ): { readonly user: string; readonly name: string; readonly role: AdminRole } {
    const found = this.parts.tokens.find(token);
    if (found !== null) return { ...found, user: `token ${found.name}` };
    const { tokenClients, parts } = this;
    const [client, now] = [clientKey(address), parts.clock.now()];
    refuseFor(tokenClients.wait(client, now));
    tokenClients.fail(client, now);
    throw adminError('ADMIN_LOGIN_WRONG');
  }

  private open(context: HttpContext, who: Pick<Session, 'user' | 'role' | 'isToken'>): Session {
    const { id, session } = this.sessions.create(who, context.client.address, this.parts.clock.now());
    context.response.headers.append('Set-Cookie', cookie(context, id, null));
    return session;
  }

  private refuseGuesses(address: string, user: string): void {
    const now = this.parts.clock.now();
    refuseFor(Math.max(this.clients.wait(clientKey(address), now), this.names.wait(user, now)));
  }

  private noteFailure(address: string, user: string): () => void {
    const now = this.parts.clock.now();
    const client = this.clients.fail(clientKey(address), now);
    const name = this.names.fail(user, now);
    return () => {
      client();
      name();
    };
  }

  /** Somebody who was removed, or has another role now. If it cannot be found out now, the session stays as it is. */
  private async checkUser(session: Session): Promise<void> {
    const { users, clock } = this.parts;
    const now = clock.now();
    if (users?.find === undefined || now - session.checkedAt < checkMs || session.isToken) return;
    session.checkedAt = now;
    const role = await Promise.resolve(users.find(session.user)).catch((error: unknown) => {
      if (HttpError.is(error)) return session.role;
      throw error;
    });
    if (role === null) {
      this.sessions.end(session);
      throw adminError('ADMIN_LOGIN_REQUIRED');
    }
    session.role = role;
  }
}

function refuseFor(waitMs: number): void {
  if (waitMs > 0) throw adminError('ADMIN_TOO_MANY_GUESSES', '', { retryAfterS: Math.ceil(waitMs / 1000) });
}

/** Whether the request has the token of its session. */
export function hasCsrf(session: Session, given: string | undefined): boolean {
  const own = Buffer.from(session.csrf);
  const other = Buffer.from(given ?? '');
  return own.length === other.length && timingSafeEqual(own, other);
}

/**
 * With the prefix a browser takes the cookie only over TLS and from this host. The port is part of the name because browsers send a cookie
 * to all ports of a host, where other servers may be.
 */
function cookieName({ client, request }: HttpContext): string {
  const name = `windhover-admin-${request.port ?? client.scheme}`;
  return client.scheme === 'https' ? `__Host-${name}` : name;
}

function cookie(context: HttpContext, value: string, maxAgeSeconds: number | null): string {
  return formatSetCookie(cookieName(context), value, {
    ...{ path: '/', httpOnly: true, sameSite: 'Strict', secure: context.client.scheme === 'https' },
    ...(maxAgeSeconds === null ? {} : { maxAgeSeconds }),
  });
}
