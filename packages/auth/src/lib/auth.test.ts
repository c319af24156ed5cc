import type { HttpContext } from '@windhover/core';
import { checkedCompose, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type AuthOptions, auth, type Refused } from './auth.ts';
import type { AuthScheme, Verdict } from './auth-scheme.ts';
import { userKey } from './user.ts';

const scheme = (name: string, verdict: Verdict | Promise<Verdict>): AuthScheme => ({
  name,
  authenticate: () => verdict,
  challenges: () => [name],
});
const wrong = { refused: 'password' };

async function run(options: AuthOptions) {
  const answered = await runHandler(
    checkedCompose([auth(options)], (context: HttpContext) => {
      context.response.body = context.get(userKey)?.name ?? 'nobody';
    }),
    '/',
  );
  const { status, headers } = answered;
  return { status, body: answered.text(), challenges: headers.getAll('www-authenticate') };
}

describe('auth()', () => {
  it('sets the user, found at once or later', async () => {
    expect(await run({ any: [scheme('One', { name: 'ada' })] })).toMatchObject({ status: 200, body: 'ada' });
    expect(await run({ any: [scheme('One', Promise.resolve({ name: 'ada' }))] })).toMatchObject({ body: 'ada' });
  });

  it('sends one challenge in each field, in the order of the list', async () => {
    const { status, challenges } = await run({ any: [scheme('Negotiate', null), scheme('Basic', null)] });
    expect([status, challenges]).toEqual([401, ['Negotiate', 'Basic']]);
  });

  it('says the same without credentials and with wrong ones', async () => {
    const [without, refused] = [
      await run({ any: [scheme('Basic', null)] }),
      await run({ any: [scheme('Basic', wrong)] }),
    ];
    expect(refused).toEqual(without);
    expect(without.status).toBe(401);
  });

  it.each([
    ['at once', <T>(value: T) => value],
    ['later', <T>(value: T) => Promise.resolve(value)],
  ])('with any: a refusal does not stop the other schemes (%s)', async (_, wrap) => {
    const any = [scheme('One', wrap(wrong)), scheme('Two', wrap(null)), scheme('Three', wrap({ name: 'ada' }))];
    expect(await run({ any })).toMatchObject({ status: 200, body: 'ada' });
  });

  it('with any: the challenge of a refusal replaces that of its scheme', async () => {
    const any = [
      scheme('Basic', null),
      scheme('Bearer', { refused: 'expired', challenges: ['Bearer error="invalid_token"'] }),
    ];
    expect((await run({ any })).challenges).toEqual(['Basic', 'Bearer error="invalid_token"']);
  });

  it.each([
    ['at once', <T>(value: T) => value],
    ['later', <T>(value: T) => Promise.resolve(value)],
  ])('with all: takes the first user, and asks for what is missing (%s)', async (_, wrap) => {
    const ada = scheme('One', wrap({ name: 'ada' }));
    expect(await run({ all: [ada, scheme('Two', wrap({ name: 'device' }))] })).toMatchObject({
      status: 200,
      body: 'ada',
    });
    expect(await run({ all: [ada, scheme('Two', wrap(null))] })).toMatchObject({ status: 401, challenges: ['Two'] });
  });

  it.each([
    ['at once', <T>(value: T) => value],
    ['later', <T>(value: T) => Promise.resolve(value)],
  ])('with all and optional: lets a request pass only without any credentials (%s)', async (_, wrap) => {
    const [user, none, bad] = [{ name: 'ada' }, null, wrong].map(wrap);
    const ask = (...verdicts: unknown[]) =>
      run({ all: verdicts.map((each, index) => scheme(`S${index}`, each as never)), optional: true });
    expect(await ask(none, none)).toMatchObject({ status: 200, body: 'nobody' });
    expect(await ask(user, none)).toMatchObject({ status: 401, challenges: ['S1'] });
    expect(await ask(none, user)).toMatchObject({ status: 401, challenges: ['S0'] });
    expect(await ask(none, bad)).toMatchObject({ status: 401 });
    expect(await ask(bad, none)).toMatchObject({ status: 401 });
    expect(await ask(user, user)).toMatchObject({ status: 200, body: 'ada' });
  });

  it('answers another status without challenges', async () => {
    expect(await run({ any: [scheme('One', { refused: 'malformed', status: 400 })] })).toMatchObject({
      status: 400,
      challenges: [],
    });
  });

  it('leaves the answer to a scheme that has answered', async () => {
    const login: AuthScheme = {
      ...scheme('login', null),
      authenticate({ response }) {
        response.status = 302;
        return 'answered';
      },
    };
    expect(await run({ any: [login] })).toMatchObject({ status: 302, challenges: [] });
  });

  it('with optional: lets requests without credentials pass, and refuses wrong ones', async () => {
    expect(await run({ any: [scheme('Basic', null)], optional: true })).toMatchObject({ status: 200, body: 'nobody' });
    expect(await run({ any: [scheme('Basic', wrong)], optional: true })).toMatchObject({ status: 401 });
  });

  it.each([
    [{}],
    [undefined],
    [{ name: '' }],
    [true],
    // biome-ignore lint/suspicious/noThenProperty: a promise of another library
    [{ then: () => {} }],
  ])('fails for a scheme that finds %j', async (verdict) => {
    expect(await run({ any: [scheme('own', verdict as never)] })).toMatchObject({ status: 500 });
    expect(await run({ any: [scheme('own', null), scheme('own', verdict as never)] })).toMatchObject({ status: 500 });
  });

  it('tells why credentials were refused', async () => {
    const told: Refused[] = [];
    await run({ any: [scheme('basic', wrong), scheme('bearer', null)], onRefused: (refused) => told.push(refused) });
    expect(told).toEqual([{ scheme: 'basic|bearer', reason: 'password' }]);
  });

  it.each([
    [{}],
    [{ any: [] }],
    [{ any: [scheme('a', null)], all: [scheme('a', null)] }],
    [{ any: [{}] }],
    [{ all: [scheme('a', null)], optinal: true }],
  ])('refuses options that cannot work: %j', (options) => {
    expect(() => auth(options as never)).toThrow(expect.objectContaining({ code: 'AUTH_OPTION_INVALID' }));
  });

  it.each([
    [scheme('a', null), 'Did you mean `auth({ any: [scheme] })`?'],
    [[scheme('a', null)], 'Did you mean `auth({ any: [...] })`?'],
    [{ any: [] }, 'expected a list of one scheme or more, found an empty list'],
  ])('says what was probably meant by %j', (options, message) => {
    expect(() => auth(options as never)).toThrow(message);
  });
});
