import { type HttpContext, HttpHeaders } from '@windhover/core';
import { checkedCompose, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { auth } from './auth.ts';
import { commonName, removeFields } from './remove-fields.ts';

const names = new Set(['Remote-User'].map(commonName));

describe('removeFields()', () => {
  it.each(['Remote-User', 'remote-user', 'Remote_User', 'remote.user', 'REMOTE_USER', 'Remote~User', "remote'user"])(
    'removes %s, which programs behind could take for Remote-User',
    (name) => {
      const headers = new HttpHeaders([
        [name, 'eve'],
        ['Accept', '*/*'],
        [name, 'mallory'],
      ]);
      removeFields(headers, names);
      expect([...headers]).toEqual([['Accept', '*/*']]);
    },
  );

  it('leaves other fields alone', () => {
    const headers = new HttpHeaders({ 'Remote-User-Agent': 'x', 'X-Remote-User': 'y', Connection: 'close' });
    removeFields(headers, names);
    expect([...headers].length).toBe(3);
  });

  it('does not let Connection name them, so that a proxy does not take away what is set in their place', () => {
    const headers = new HttpHeaders({ Connection: 'keep-alive, remote_user, Remote-User, x-other' });
    removeFields(headers, names);
    expect(headers.get('connection')).toBe('keep-alive, x-other');
  });
});

describe('auth() with tell', () => {
  const run = async (user: { name: string; roles?: string[] } | null, headers: Record<string, string>) => {
    const login = auth({
      any: [{ name: 'test', authenticate: () => user, challenges: () => [] }],
      optional: true,
      tell: { user: 'X-Remote-User', roles: 'X-Remote-Roles' },
    });
    const result = await runHandler(
      checkedCompose([login], ({ request, response }: HttpContext) => {
        response.body = JSON.stringify([...request.headers].filter(([name]) => /remote/i.test(name)));
      }),
      { headers },
    );
    return result.json();
  };
  const forged = { x_remote_user: 'root', 'X-Remote-User': 'root', 'x.remote.roles': 'admin' };

  it('tells the program behind who it is, and changes nothing for forged fields', async () => {
    expect(await run({ name: 'ada', roles: ['a', 'b'] }, forged)).toEqual([
      ['X-Remote-User', 'ada'],
      ['X-Remote-Roles', 'a,b'],
    ]);
    expect(await run(null, forged)).toEqual([]);
  });

  it('sends names that no field may have percent-encoded', async () => {
    expect(await run({ name: 'jürgen\r\nX-Admin: 1' }, {})).toEqual([
      ['X-Remote-User', 'j%C3%BCrgen%0D%0AX-Admin%3A%201'],
    ]);
  });
});
