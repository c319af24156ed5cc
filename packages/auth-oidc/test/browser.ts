import { auth, userKey } from '@windhover/auth';
import type { HttpContext } from '@windhover/core';
import { type SessionStore, session, sessionKey } from '@windhover/session';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { type OidcOptions, oidc } from '../src/index.ts';
import { clientId, clientSecret, type FakeProvider } from './fake-provider.ts';

export const page = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };

/** An application behind `oidc` that answers the name of the user, and lines of the log. */
export function application(provider: FakeProvider, more: Partial<OidcOptions> = {}, store?: SessionStore) {
  const lines: string[] = [];
  const refusals: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const log = { error: note, warn: note, info: note };
  const scheme = oidc({ issuer: provider.issuer, clientId, clientSecret, log, ...more });
  const { clock } = more;
  const handler = checkedCompose(
    [
      session({
        keys: 'a secret of more than thirty-two characters',
        ...(store === undefined ? {} : { store }),
        ...(clock === undefined ? {} : { clock }),
      }),
      auth({ any: [scheme], onRefused: ({ reason }) => refusals.push(reason) }),
    ],
    (context: HttpContext) => {
      const kept = context.get(sessionKey)!;
      if (context.request.path === '/note') kept.set('note', 'mine');
      context.response.headers.set('Kept', kept.keys().join(' '));
      context.response.body = JSON.stringify(context.get(userKey));
    },
  );
  return { handler, scheme, lines, refusals };
}

/** A browser with its cookies. */
export class Browser {
  private readonly handler: ReturnType<typeof application>['handler'];
  private readonly provider: FakeProvider;
  private readonly jar = new Map<string, string>();

  constructor(handler: ReturnType<typeof application>['handler'], provider: FakeProvider, cookie = '') {
    this.handler = handler;
    this.provider = provider;
    for (const each of cookie.split('; ')) this.take(each);
  }

  /** The field of the next request. */
  get cookie(): string {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private take(setCookie: string): void {
    const [name, value] = setCookie.split(';', 1)[0]!.split('=') as [string, string?];
    if (/Max-Age=0/.test(setCookie)) this.jar.delete(name);
    else if (value !== undefined) this.jar.set(name, value);
  }

  async open(url: string, init: RunInit = {}) {
    const headers = { host: 'app.example', ...page, cookie: this.cookie, ...(init.headers as object) };
    const answer = await runHandler(this.handler, { ...init, url, headers });
    for (const set of answer.headers.getAll('set-cookie')) this.take(set);
    return { status: answer.status, location: answer.headers.get('location') ?? '', text: answer.text(), answer };
  }

  /** Opens a page and is sent to the provider; returns the parameters of that, and the nonce is the provider's next. */
  async begin(url = '/page'): Promise<URLSearchParams> {
    const { location } = await this.open(url);
    const asked = new URL(location).searchParams;
    this.provider.nonce = asked.get('nonce')!;
    return asked;
  }

  /** Comes back from the provider; `more` replaces parameters of its answer. */
  callback(asked: URLSearchParams, more: Record<string, string> = {}) {
    const answer = { code: 'c', state: asked.get('state')!, iss: this.provider.issuer, ...more };
    return this.open(`/auth/callback?${new URLSearchParams(answer)}`);
  }

  async logIn(): Promise<void> {
    await this.callback(await this.begin());
  }
}
