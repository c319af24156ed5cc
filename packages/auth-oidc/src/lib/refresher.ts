import { HttpError } from '@windhover/core';
import { describeUser, type Login } from './login.ts';
import type { ResolvedOidc } from './oidc-options.ts';
import type { Provider, Tokens } from './provider.ts';
import { providerFault } from './provider-fault.ts';
import { openFor, sealFor, workKey } from './shared-work.ts';

/** A refreshed login; `refused`: the user must log in again; `unavailable`: the old one is all there is for now. */
export type Refreshed = Login | 'refused' | 'unavailable';

interface Entry {
  readonly result: Promise<Refreshed>;
  readonly until: number;
}

/**
 * How long a result is kept. Requests that a browser sent before it had the new cookie still bring the old token, and a provider that
 * rotates tokens takes a second use for theft, and ends everything.
 */
const keepMs = 30_000;
const maxEntries = 10_000;

/** Refreshes logins, each once at a time. */
export class Refresher {
  private readonly options: ResolvedOidc;
  private readonly provider: Provider;
  private readonly entries = new Map<string, Entry>();

  constructor(options: ResolvedOidc, provider: Provider) {
    this.options = options;
    this.provider = provider;
  }

  refresh(login: Login, token: string): Promise<Refreshed> {
    const now = this.options.clock.now();
    const known = this.entries.get(token);
    if (known !== undefined && known.until > now) return known.result;
    this.entries.delete(token);
    for (const [oldest, { until }] of this.entries) {
      if (until > now && this.entries.size < maxEntries) break;
      this.entries.delete(oldest);
    }
    const result = this.ask(login, token);
    this.entries.set(token, { result, until: now + keepMs });
    return result;
  }

  /** Once for all servers that share the work, otherwise once in this process. */
  private async ask(login: Login, token: string): Promise<Refreshed> {
    const { sharedWork, timeoutMs } = this.options;
    if (sharedWork === null) return this.askProvider(login, token);
    const work = async (): Promise<string> => {
      const refreshed = await this.askProvider(login, token);
      if (refreshed === 'unavailable') throw new Error(refreshed); // so that the next one asks again
      return sealFor(token, JSON.stringify(refreshed));
    };
    // Whoever works may wait for the provider, and read its keys and the user's claims.
    const times = { waitMs: 3 * timeoutMs, keepMs };
    const sealed = await sharedWork.once(workKey(token), work, times).catch(() => null); // logged by the store
    const text = sealed === null ? null : openFor(token, sealed);
    return text === null ? 'unavailable' : (JSON.parse(text) as Login | 'refused');
  }

  private async askProvider(login: Login, token: string): Promise<Refreshed> {
    let tokens: Tokens;
    try {
      tokens = await this.provider.refresh(token);
    } catch (error) {
      const isUnavailable = HttpError.is(error) || providerFault(error) === 'unavailable';
      return isUnavailable ? 'unavailable' : 'refused';
    }
    return renewLogin(login, tokens, this.options);
  }
}

/** Returns the login with what the provider has given; `refused` if it speaks of another user. */
function renewLogin(login: Login, tokens: Tokens, options: ResolvedOidc): Login | 'refused' {
  const { claims, idToken, refreshToken, expiresIn } = tokens;
  const times = {
    until: options.clock.now() + expiresIn * 1000,
    ...(refreshToken === null ? {} : { refresh: refreshToken }),
    ...(idToken === null || !options.keepIdToken ? {} : { idToken }),
  };
  if (claims === null) return { ...login, ...times };
  const user = describeUser(claims, options.names, options.keepClaims);
  if (user === null || user.claims.sub !== login.claims.sub) return 'refused';
  return { ...login, ...user, ...times };
}
