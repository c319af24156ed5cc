import { auth, userKey } from '@windhover/auth';
import type { HttpContext } from '@windhover/core';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { negotiate } from './negotiate.ts';
import { encode, fakeKerberos as kerberos } from './negotiate-fixtures.ts';
import type { NegotiateOptions } from './negotiate-options.ts';

function create(options: NegotiateOptions = {}) {
  const scheme = negotiate({ kerberos, ...options });
  const refused: string[] = [];
  const app = checkedCompose(
    [auth({ any: [scheme], onRefused: ({ reason }) => refused.push(reason) })],
    (context: HttpContext) => {
      context.response.body = `${context.get(userKey)!.name} ${context.request.headers.get('authorization')}`;
    },
  );
  const ask = async (init: RunInit = {}) => {
    const result = await runHandler(app, init);
    const { status, headers, error } = result;
    return { status, error, text: result.text(), challenges: headers.getAll('www-authenticate') };
  };
  return { ask, refused };
}
const login = (text: string) => ({ headers: { authorization: `Negotiate ${encode(text)}` } });

describe('negotiate()', () => {
  it('asks with Negotiate, and answers a good token with the last one of the server', async () => {
    const { ask } = create();
    expect(await ask()).toMatchObject({ status: 401, challenges: ['Negotiate'] });
    expect(await ask(login('ada@X'))).toMatchObject({
      status: 200,
      challenges: [`Negotiate ${encode('after ada@X')}`],
    });
  });

  it('takes nothing on HTTP/2, whose engine makes the challenge an HTTP_1_1_REQUIRED', async () => {
    const { ask, refused } = create();
    expect(await ask({ httpVersion: '2.0' })).toMatchObject({ status: 401, challenges: ['Negotiate'] });
    expect(await ask({ httpVersion: '2.0', ...login('ada@X') })).toMatchObject({
      status: 401,
      challenges: ['Negotiate'],
    });
    expect(refused).toEqual(['http2']);
  });

  it('refuses handshakes of several steps where no connection can keep them', async () => {
    const { ask, refused } = create();
    const { authorization } = login('more').headers;
    expect(await ask({ headers: { authorization, via: '1.1 proxy' } })).toMatchObject({ status: 401 });
    expect(refused).toEqual(['shared-connection']);
  });

  it('keeps the user of a request only for requests of the same connection', async () => {
    const { ask } = create();
    await ask(login('ada@X'));
    expect(await ask()).toMatchObject({ status: 401 });
  });

  it.each([{ service: 'HTTP/host' }, { realms: { X: 'user' } }, { users: { ada: 'ada' } }, { bindMs: 0 }])(
    'refuses the options %j',
    (options) => {
      expect(() => negotiate(options)).toThrow(expect.objectContaining({ code: 'NEGOTIATE_OPTION_INVALID' }));
    },
  );

  it('answers 503 where the keytab cannot be used', async () => {
    const broken = { initializeServer: () => Promise.reject(new Error('no keytab')) };
    const { error } = await create({ kerberos: broken }).ask(login('ada@X'));
    expect(error).toMatchObject({ code: 'NEGOTIATE_UNAVAILABLE', status: 503 });
  });
});
