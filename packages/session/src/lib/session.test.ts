import { type HttpContext, HttpError } from '@windhover/core';
import { parseSetCookie } from '@windhover/http-semantics';
import { checkedCompose, createManualClock, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { createMemorySessionStore } from './memory-session-store.ts';
import { type Session, sessionKey } from './session.ts';
import { session } from './session-middleware.ts';
import type { SessionOptions } from './session-options.ts';
import type { SessionStore } from './session-store.ts';
import { sessionStoreRules } from './session-store-rules.ts';

const key = 'a secret of more than thirty-two characters';
const minute = 60_000;

/** A browser and a site with sessions. */
class Site {
  readonly clock = createManualClock({ now: 1_000_000 });
  readonly store: SessionStore & { readonly size: number };
  cookie: string | null = null;
  setCookies: (string | undefined)[] = [];
  private readonly options: Partial<SessionOptions>;

  constructor(options: Partial<SessionOptions> & { readonly inStore?: boolean } = {}) {
    const { inStore = false, ...more } = options;
    this.store = createMemorySessionStore({ clock: this.clock });
    this.options = inStore ? { store: this.store, ...more } : more;
  }

  async ask(
    run: (context: HttpContext) => void | Promise<void>,
    init: RunInit = {},
    more: Partial<SessionOptions> = {},
  ) {
    const layer = session({ keys: key, clock: this.clock, ...this.options, ...more });
    const handler = checkedCompose([layer], async (context) => {
      context.response.body = 'ok';
      await run(context);
    });
    const headers = { ...(this.cookie === null ? {} : { cookie: this.cookie }), ...(init.headers as object) };
    const result = await runHandler(handler, { ...init, headers });
    const field = result.headers.getAll('set-cookie')[0];
    this.setCookies.push(field);
    if (field !== undefined) {
      const { name, value, maxAgeSeconds } = parseSetCookie(field)!;
      this.cookie = maxAgeSeconds === 0 ? null : `${name}=${value}`;
    }
    return result;
  }

  set(name: string, value: unknown) {
    return this.ask((context) => context.get(sessionKey)!.set(name, value));
  }

  async get(name: string): Promise<unknown> {
    let value: unknown;
    await this.ask((context) => void (value = context.get(sessionKey)!.get(name)));
    return value;
  }
}

describe.each([false, true])('session(), in a store: %j', (inStore) => {
  it('keeps what is set from request to request', async () => {
    const site = new Site({ inStore });
    await site.set('cart', { items: [1, 2] });
    expect(await site.get('cart')).toEqual({ items: [1, 2] });
    expect(site.setCookies[1]).toBeUndefined(); // nothing has changed
    await site.set('theme', 'dark');
    expect([await site.get('cart'), await site.get('theme')]).toEqual([{ items: [1, 2] }, 'dark']);
  });

  it('sends no cookie and keeps nothing before something is set', async () => {
    const site = new Site({ inStore });
    await site.get('cart');
    expect([site.setCookies, site.store.size]).toEqual([[undefined], 0]);
  });

  it('shows neither content nor identity in the cookie, which scripts cannot read', async () => {
    const site = new Site({ inStore });
    await site.set('user', 'ann-of-kent');
    const { name, value, ...attributes } = parseSetCookie(site.setCookies[0]!)!;
    expect(name).toBe('session');
    expect(Buffer.from(value, 'base64url').toString('latin1')).not.toContain('ann');
    expect(attributes).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  });

  it('gives cookies over https the prefix that no other host can set, and reads no other there', async () => {
    const site = new Site({ inStore });
    await site.set('a', 1);
    const plain = site.cookie;
    const https = { scheme: 'https' } as const;
    let isNew: boolean | undefined;
    await site.ask((context) => {
      isNew = context.get(sessionKey)!.isNew;
      context.get(sessionKey)!.set('b', 2);
    }, https);
    expect(plain).toContain('session=');
    expect(isNew).toBe(true);
    expect(site.setCookies[1]).toMatch(/^__Host-session=\S+; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  });

  it.each(['', 'x', 'AAAA', 'a'.repeat(5000), '%00', 'AQ'.repeat(60)])('takes no forged cookie: %j', async (value) => {
    const site = new Site({ inStore });
    site.cookie = `session=${value}`;
    let isNew: boolean | undefined;
    await site.ask((context) => void (isNew = context.get(sessionKey)!.isNew));
    expect(isNew).toBe(true);
  });

  it('takes no cookie of which one bit was changed', async () => {
    const site = new Site({ inStore });
    await site.set('admin', false);
    const bytes = Buffer.from(site.cookie!.slice('session='.length), 'base64url');
    for (const index of [0, 1, 12, 13, bytes.length - 17, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[index]! ^= 1;
      site.cookie = `session=${changed.toString('base64url')}`;
      let isNew: boolean | undefined;
      await site.ask((context) => void (isNew = context.get(sessionKey)!.isNew));
      expect(isNew).toBe(true);
    }
  });

  it('ends after the idle time, which every request begins anew', async () => {
    const site = new Site({ inStore, idleMs: 30 * minute });
    await site.set('a', 1);
    for (let round = 0; round < 4; round++) {
      site.clock.advance(20 * minute);
      expect(await site.get('a')).toBe(1);
    }
    site.clock.advance(30 * minute);
    expect(await site.get('a')).toBeUndefined();
  });

  it('ends at its maximum age, whatever is done', async () => {
    const site = new Site({ inStore, idleMs: 60 * minute, maxAgeMs: 100 * minute });
    await site.set('a', 1);
    for (const time of [40, 80]) {
      site.clock.advance(40 * minute);
      expect([time, await site.get('a')]).toEqual([time, 1]);
    }
    site.clock.advance(20 * minute);
    expect(await site.get('a')).toBeUndefined();
  });

  it('goes on with a new key, and encrypts anew; an old key that is taken away opens nothing', async () => {
    const site = new Site({ inStore });
    await site.set('a', 1);
    const old = site.cookie;
    const next = 'the next secret, of thirty-two characters';
    const both = { keys: [next, key] };
    let value: unknown;
    const look = (context: HttpContext): void => void (value = context.get(sessionKey)!.get('a'));
    await site.ask(look, {}, both);
    expect(value).toBe(1);
    expect(site.cookie).not.toBe(old);
    await site.ask(look, {}, { keys: next });
    expect(value).toBe(1);
    site.cookie = old;
    await site.ask(look, {}, { keys: next });
    expect(value).toBeUndefined();
  });

  it('forgets a session that is destroyed, and tells the browser', async () => {
    const site = new Site({ inStore });
    await site.set('a', 1);
    await site.ask((context) => context.get(sessionKey)!.destroy());
    expect([site.cookie, site.store.size]).toEqual([null, 0]);
    expect(site.setCookies[1]).toContain('Max-Age=0');
  });

  it('keeps what was set before an error, and sends its cookie with the error', async () => {
    const site = new Site({ inStore });
    const { status } = await site.ask((context) => {
      context.get(sessionKey)!.set('tries', 1);
      throw new HttpError(403, 'NO', 'No');
    });
    expect(status).toBe(403);
    expect(await site.get('tries')).toBe(1);
  });

  it('refuses what JSON cannot keep, and says so', async () => {
    const site = new Site({ inStore });
    const { status, error } = await site.set('a', 1n);
    expect([status, error]).toMatchObject([500, { code: 'SESSION_DATA_INVALID' }]);
  });

  it('keeps a value under any name', async () => {
    const site = new Site({ inStore });
    await site.set('__proto__', { polluted: true });
    expect(await site.get('__proto__')).toEqual({ polluted: true });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('a session in a store', () => {
  it('gets another identity at a login, and the old one is of no use (session fixation)', async () => {
    const site = new Site({ inStore: true });
    await site.set('cart', 1);
    const before = site.cookie;
    await site.ask((context) => {
      context.get(sessionKey)!.regenerate();
      context.get(sessionKey)!.set('user', 'ann');
    });
    expect(site.cookie).not.toBe(before);
    expect([await site.get('cart'), await site.get('user'), site.store.size]).toEqual([1, 'ann', 1]);
    site.cookie = before;
    expect(await site.get('user')).toBeUndefined();
  });

  it('is not made under a name that the browser brought: an unknown one is replaced', async () => {
    const site = new Site({ inStore: true });
    await site.set('a', 1);
    const planted = site.cookie;
    await site.ask((context) => context.get(sessionKey)!.destroy());
    site.cookie = planted;
    await site.set('user', 'victim');
    expect(site.cookie).not.toBe(planted);
    site.cookie = planted;
    expect(await site.get('user')).toBeUndefined();
  });

  it('answers 503 while the store fails, but only where there is something to ask it', async () => {
    const broken: SessionStore = {
      read: () => Promise.reject(new Error('down')),
      save: () => Promise.reject(new Error('down')),
      destroy: () => Promise.reject(new Error('down')),
    };
    const told: string[] = [];
    const log = { debug() {}, info() {}, warn() {}, error: (text: string) => void told.push(text) };
    const site = new Site({ inStore: true, log });
    await site.set('a', 1);
    expect((await site.ask(() => undefined, {}, { store: broken })).status).toBe(503);
    expect(told).toEqual(['The session store cannot be reached']);
    site.cookie = null;
    expect((await site.ask(() => undefined, {}, { store: broken })).status).toBe(200);
    site.cookie = 'session=forged';
    expect((await site.ask(() => undefined, {}, { store: broken })).status).toBe(200);
  });
});

it('says when a session does not fit into a cookie', async () => {
  const { status, error } = await new Site().set('a', 'x'.repeat(4000));
  expect([status, error]).toMatchObject([500, { code: 'SESSION_TOO_LARGE' }]);
});

it('sends a cookie that lasts, if asked, for a domain and a path', async () => {
  const cookie = { name: 'sid', domain: 'example.com', path: '/app', persistent: true, sameSite: 'strict' } as const;
  const site = new Site({ cookie, idleMs: minute });
  await site.ask((context) => context.get(sessionKey)!.set('a', 1), { scheme: 'https' });
  expect(site.setCookies[0]).toMatch(
    /^__Secure-sid=\S+; Max-Age=60; Domain=example.com; Path=\/app; Secure; HttpOnly; SameSite=Strict$/,
  );
});

it.each([
  [{}, 'keys: expected a secret of 32 characters or more'],
  [{ keys: 'short' }, 'keys: expected a secret of 32 characters or more'],
  [{ keys: [] }, 'keys: expected a secret'],
  [{ keys: key, store: {} }, 'store: expected an object with read(), save(), destroy()'],
  [{ keys: key, cookie: { name: 'a b' } }, 'cookie: name: expected letters'],
  [{ keys: key, cookie: { httpOnly: false } }, 'httpOnly'],
])('refuses the options %j, without showing a secret', (options, message) => {
  expect(() => session(options as never)).toThrow(message);
  expect(() => session({ keys: 'hunter2' })).not.toThrow('hunter2');
});

describe('createMemorySessionStore()', () => {
  for (const rule of sessionStoreRules) {
    it(rule.name, () =>
      rule.run(async () => {
        const clock = createManualClock({ now: 1_000_000 });
        return { store: createMemorySessionStore({ clock }), pass: async (ms) => clock.advance(ms) };
      }),
    );
  }

  it('keeps so many, those that were used last, and lets go of what has ended', async () => {
    const clock = createManualClock({ now: 1_000_000 });
    const store = createMemorySessionStore({ maxSessions: 10, clock });
    const record = { data: {}, createdAt: 0, usedAt: 0 };
    for (let index = 0; index < 20; index++) await store.save(String(index), record, minute, true);
    expect([store.size, await store.read('9'), await store.read('10')]).toEqual([10, null, record]);
    clock.advance(minute);
    for (let index = 0; index < 5; index++) await store.save(`new ${index}`, record, minute, true);
    expect(store.size).toBeLessThanOrEqual(5);
  });
});

describe('seal() of a session', () => {
  const inSession = async (keys: string | string[], act: (kept: Session) => void): Promise<void> => {
    const { headers, error } = await runHandler(
      checkedCompose([session({ keys })], async (context: HttpContext) => act(context.get(sessionKey)!)),
    );
    expect([error, headers.get('set-cookie')]).toEqual([null, undefined]); // nothing is kept
  };
  const newKey = 'another secret of more than thirty-two characters';

  it('seals for one purpose, and opens with older keys too', async () => {
    let sealed = '';
    await inSession(key, (kept) => {
      sealed = kept.seal('a', 'text');
      expect(sealed).not.toContain('text');
      expect(kept.unseal('a', sealed)).toBe('text');
      expect(kept.unseal('b', sealed)).toBe(null);
      expect(kept.unseal('a', `${sealed.slice(0, -2)}${sealed.endsWith('xx') ? 'yy' : 'xx'}`)).toBe(null);
      expect(kept.unseal('a', '')).toBe(null);
    });
    await inSession([newKey, key], (kept) => expect(kept.unseal('a', sealed)).toBe('text'));
    await inSession(newKey, (kept) => expect(kept.unseal('a', sealed)).toBe(null));
  });
});
