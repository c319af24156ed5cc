import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { ask, basicField } from '../auth-fixtures.ts';
import type { User } from '../user.ts';
import { basic } from './basic.ts';
import { parseBasic } from './parse-basic.ts';

const encode = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64');

function accounts() {
  const asked: string[] = [];
  const state = { version: 0, password: 'secret' };
  return {
    asked,
    state,
    current: () => state.version,
    find: () => null,
    verify: async (name: string, password: string): Promise<User | null> => {
      asked.push(name);
      return password === state.password ? { name } : null;
    },
  };
}

describe('parseBasic()', () => {
  it.each([
    ['ada:secret', { name: 'ada', password: 'secret' }],
    ['ada:with:colons', { name: 'ada', password: 'with:colons' }],
    ['ada:', { name: 'ada', password: '' }],
    ['jürgen:pässwörd€', { name: 'jürgen', password: 'pässwörd€' }],
  ])('reads %j', (text, expected) => {
    expect(parseBasic(encode(text))).toEqual(expected);
  });

  it('reads latin1 of old clients', () => {
    expect(parseBasic(encode('jürgen:ä', 'latin1'))).toEqual({ name: 'jürgen', password: 'ä' });
  });

  it.each([
    ['no colon', encode('ada')],
    ['no name', encode(':secret')],
    ['a control character', encode('ada:sec\0ret')],
    ['a line break', encode('ada\n:secret')],
    ['no base64', 'ada:secret'],
    ['two fields', `${encode('ada:secret')}, Basic ${encode('eve:x')}`],
    ['more than 1 KiB', encode(`ada:${'x'.repeat(1100)}`)],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(parseBasic(text)).toBeNull();
  });
});

describe('basic()', () => {
  it('asks with its realm and UTF-8 (RFC 7617 §2.1)', async () => {
    const { status, challenges } = await ask(basic(accounts(), { realm: 'The "inner" room' }));
    expect([status, challenges]).toEqual([401, ['Basic realm="The \\"inner\\" room", charset="UTF-8"']]);
  });

  it.each([['Basic'], ['basic'], ['BASIC']])('finds the user behind %s', async (scheme) => {
    const headers = { authorization: `${scheme} ${encode('ada:secret')}` };
    expect(await ask(basic(accounts()), { headers })).toMatchObject({ status: 200, text: 'ada' });
  });

  it.each(['Basic', 'Bearer x', `BasicX ${encode('ada:secret')}`, encode('ada:secret')])(
    'takes %j for no credentials',
    async (authorization) => {
      expect(await ask(basic(accounts()), { headers: { authorization } })).toMatchObject({ status: 401, refusals: [] });
    },
  );

  it('gives the same answer to a wrong password, a malformed field and none', async () => {
    const scheme = basic(accounts());
    const [none, wrong, broken] = await Promise.all([
      ask(scheme),
      ask(scheme, { headers: basicField('ada', 'wrong') }),
      ask(scheme, { headers: { authorization: 'Basic !' } }),
    ]);
    const facts = ({ status, text, headers }: typeof none) => [status, text, [...headers]];
    expect(facts(wrong)).toEqual(facts(none));
    expect(facts(broken)).toEqual(facts(none));
    expect([wrong.refusals, broken.refusals]).toEqual([['password'], ['malformed']]);
  });

  it('remembers good credentials for a while, and never wrong ones', async () => {
    const clock = createManualClock();
    const users = accounts();
    const scheme = basic(users, { clock, cacheMs: 1000 });
    const login = (password: string) => ask(scheme, { headers: basicField('ada', password) });
    for (const password of ['secret', 'secret', 'wrong', 'wrong']) await login(password);
    expect(users.asked.length).toBe(3);
    clock.advance(1000);
    await login('secret');
    expect(users.asked.length).toBe(4);
  });

  it('forgets credentials when the accounts change', async () => {
    const users = accounts();
    const scheme = basic(users);
    await ask(scheme, { headers: basicField('ada', 'secret') });
    Object.assign(users.state, { version: 1, password: 'other' });
    expect(await ask(scheme, { headers: basicField('ada', 'secret') })).toMatchObject({ status: 401 });
  });

  it('does not remember credentials whose accounts have changed while they were checked', async () => {
    const users = accounts();
    const scheme = basic({
      ...users,
      async verify(name, password) {
        if (users.asked.length === 0) users.state.version += 1;
        return users.verify(name, password);
      },
    });
    for (const _ of [1, 2, 3]) await ask(scheme, { headers: basicField('ada', 'secret') });
    expect(users.asked.length).toBe(2);
  });

  it('checks once for requests that come together', async () => {
    const users = accounts();
    const scheme = basic(users);
    const answers = await Promise.all([1, 2, 3].map(() => ask(scheme, { headers: basicField('ada', 'secret') })));
    expect([answers.map(({ status }) => status), users.asked]).toEqual([[200, 200, 200], ['ada']]);
  });

  it('asks again after a failure', async () => {
    let fails = true;
    const scheme = basic(async (name) => {
      if (fails) throw new Error('the directory is down');
      return { name };
    });
    expect(await ask(scheme, { headers: basicField('ada', 'x') })).toMatchObject({ status: 500 });
    fails = false;
    expect(await ask(scheme, { headers: basicField('ada', 'x') })).toMatchObject({ status: 200 });
  });

  it('takes a function that answers at once', async () => {
    const scheme = basic((name, password) => (password === 'x' ? { name } : null));
    expect(await ask(scheme, { headers: basicField('bob', 'x') })).toMatchObject({ text: 'bob' });
  });

  it.each([[{ realm: '' }], [{ cacheMs: -1 }], [{ relm: 'x' }]])('refuses %j', (options) => {
    expect(() => basic(accounts(), options as never)).toThrow(expect.objectContaining({ code: 'AUTH_OPTION_INVALID' }));
    expect(() => basic({} as never)).toThrow(expect.objectContaining({ code: 'AUTH_OPTION_INVALID' }));
  });
});
