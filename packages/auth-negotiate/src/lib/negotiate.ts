import type { AuthScheme, Refusal, User, Verdict } from '@windhover/auth';
import type { ConnectionInfo, HttpContext } from '@windhover/core';
import { negotiateError } from './errors.ts';
import { Gate } from './gate.ts';
import { type KerberosAcceptor, type KerberosModule, loadKerberos } from './kerberos-module.ts';
import { chooseKeytab } from './keytab.ts';
import { type NegotiateOptions, resolveOptions } from './negotiate-options.ts';
import { negotiateToken, refuseToken } from './read-token.ts';
import { refusalReason } from './refusal-reason.ts';
import { isShared } from './shared-connection.ts';
import { userNaming } from './user-names.ts';

/** `negotiate`, with what it loads. */
export interface Negotiate extends AuthScheme {
  /**
   * Loads the package `kerberos` and tries the keytab. Rejects with `NEGOTIATE_NOT_INSTALLED`, `NEGOTIATE_KEYTAB_IN_USE`
   * or `NEGOTIATE_UNAVAILABLE`. Without this call the first login does it.
   */
  load(): Promise<void>;
}

/** What a connection has come to. */
interface Login {
  user: User | null;
  /** When the connection's user ends. */
  until: number;
  /** The handshake that waits for the client's next token. */
  acceptor: KerberosAcceptor | null;
  legs: number;
  failures: number;
  isBusy: boolean;
}

/** Handshakes work in the four threads that reading files needs too, so they get half of them. */
const gate = new Gate(2, 1000);
/** Kerberos needs one or two. */
const maxLegs = 5;
const plain = ['Negotiate'];

/**
 * Kerberos logins by HTTP Negotiate (RFC 4559), what IIS calls Windows authentication. A login holds for its HTTP/1.1
 * connection, unless a proxy shares that among clients. NTLM is refused, and nothing is offered on HTTP/2. Throws
 * `NEGOTIATE_OPTION_INVALID`.
 */
export function negotiate(options: NegotiateOptions = {}): Negotiate {
  return new NegotiateScheme(options);
}

class NegotiateScheme implements Negotiate {
  readonly name = 'negotiate';
  readonly keeps = ['negotiate'];
  private readonly options: ReturnType<typeof resolveOptions>;
  private readonly userOf: (principal: string) => User | null;
  private readonly logins = new WeakMap<ConnectionInfo, Login>();
  private kerberos: KerberosModule | null = null;
  private hasWarned = false;

  constructor(options: NegotiateOptions) {
    this.options = resolveOptions(options);
    this.userOf = userNaming(options);
  }

  async load(): Promise<void> {
    await this.start();
  }

  challenges(): readonly string[] {
    return plain;
  }

  authenticate(context: HttpContext): Verdict | Promise<Verdict> {
    const { request, connection } = context;
    const field = request.headers.get('authorization');
    const token = negotiateToken(field);
    const login = this.logins.get(connection);
    if (token === null || token === '') {
      if (login !== undefined) login.acceptor = null; // a handshake goes on at once or not at all
      if (login === undefined || token !== null || field === undefined) return this.boundUser(login, context);
      return null; // credentials of another scheme count more than an earlier login
    }
    if (request.httpVersion === '2.0') return { refused: 'http2' };
    const shared = isShared(context);
    if (shared) this.warnOnce(context);
    return this.check(token, shared ? null : this.loginOf(connection), context);
  }

  /** The user of an earlier request on the same connection. */
  private boundUser(login: Login | undefined, context: HttpContext): User | null {
    if (login === undefined || login.user === null || login.isBusy || isShared(context)) return null;
    if (this.options.clock.now() >= login.until) login.user = null;
    // So that caches and rules see a request with a login (RFC 9111 §3.5).
    else context.request.headers.set('authorization', 'Negotiate');
    return login.user;
  }

  private check(token: string, login: Login | null, context: HttpContext): Refusal | Promise<Verdict> {
    if (login?.isBusy) return { refused: 'concurrent' };
    if (login !== null && login.failures >= this.options.maxFailures) return { refused: 'too-many', status: 429 };
    if (login !== null) login.user = null;
    const refusal = refuseToken(token, this.options.maxTokenBytes);
    if (refusal !== null) return this.fail(login, refusal);
    if (gate.isFull) throw negotiateError('NEGOTIATE_BUSY', 'try again in a moment');
    if (login !== null) login.isBusy = true;
    return gate
      .run(() => this.accept(token, login, context))
      .finally(() => {
        if (login !== null) login.isBusy = false;
      });
  }

  private async accept(token: string, login: Login | null, context: HttpContext): Promise<Verdict> {
    const acceptor = login?.acceptor ?? (await this.start());
    if (login !== null) login.acceptor = null;
    try {
      const answer = await acceptor.step(token);
      return this.complete(acceptor, answer, login, context);
    } catch (error) {
      // The package takes a handshake that goes on for a failure, because the client has no name yet. Only then it
      // has a token for the client.
      const { response } = acceptor;
      if (acceptor.contextComplete || !response) return this.fail(login, { refused: refusalReason(error) });
      if (login === null) return { refused: 'shared-connection' };
      if (++login.legs >= maxLegs) return this.fail(login, { refused: 'too-long' });
      login.acceptor = acceptor;
      return { refused: 'continue', challenges: [`Negotiate ${response}`] };
    }
  }

  private complete(
    { contextComplete, username }: KerberosAcceptor,
    answer: string | null,
    login: Login | null,
    context: HttpContext,
  ): Verdict {
    if (!contextComplete || !username) return this.fail(login, { refused: 'ticket' });
    const user = this.userOf(username);
    if (user === null) return this.fail(login, { refused: 'user', status: 403 });
    const { perRequest, clock, bindMs } = this.options;
    const isBound = login !== null && !perRequest;
    if (login !== null) login.legs = 0;
    if (isBound) {
      login.user = user;
      login.until = clock.now() + bindMs;
      login.failures = 0;
    }
    context.onHead(({ status, headers }) => {
      if (status === 401) return; // another scheme asks for more
      headers.set('persistent-auth', String(isBound));
      if (answer) headers.append('www-authenticate', `Negotiate ${answer}`);
    });
    return user;
  }

  private fail(login: Login | null, refusal: Refusal): Refusal {
    if (login !== null) {
      login.failures++;
      login.legs = 0;
    }
    return refusal;
  }

  private async start(): Promise<KerberosAcceptor> {
    const { keytab, kerberos, service } = this.options;
    this.kerberos ??= kerberos ?? (await loadKerberos());
    if (keytab !== null) chooseKeytab(keytab);
    try {
      return await this.kerberos.initializeServer(service);
    } catch (cause) {
      const file = keytab ?? 'the keytab';
      throw negotiateError(
        'NEGOTIATE_UNAVAILABLE',
        `no key for ${service} in ${file}: ${(cause as Error).message}`,
        cause,
      );
    }
  }

  private loginOf(connection: ConnectionInfo): Login {
    let login = this.logins.get(connection);
    if (login === undefined) {
      login = { user: null, until: 0, acceptor: null, legs: 0, failures: 0, isBusy: false };
      this.logins.set(connection, login);
    }
    return login;
  }

  private warnOnce({ client }: HttpContext): void {
    if (this.hasWarned) return;
    this.hasWarned = true;
    this.options.log?.warn('Kerberos logins come through a proxy, so each holds for one request only', {
      source: client.source,
    });
  }
}
