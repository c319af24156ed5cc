import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type RedirectOptions, redirect } from './redirect.ts';

const run = (location: string, options?: RedirectOptions, method = 'GET') =>
  runHandler((context) => redirect(context, location, options), { method });

describe('redirect()', () => {
  it.each([301, 302, 303, 307, 308] as const)('sends %i with its Location and no body', async (status) => {
    const result = await run('/café', { status, headers: { 'Cache-Control': 'no-store' } });
    expect([result.status, result.text(), Object.fromEntries(result.headers)]).toEqual([
      status,
      '',
      { 'Cache-Control': 'no-store', Location: '/caf%C3%A9' },
    ]);
  });

  it('is temporary by default, for every method', async () => {
    expect((await run('/a', {}, 'POST')).status).toBe(302);
    expect((await run('/a', {}, 'HEAD')).status).toBe(302);
  });

  it.each(['//evil.example', 'https://evil.example/', '/a\r\nX: y', 'javascript:x'])(
    'refuses %j with 400',
    async (location) => {
      const result = await run(location);
      expect([result.status, result.headers.has('location')]).toEqual([400, false]);
      expect(result.error).toMatchObject({ code: 'RESPOND_LOCATION_INVALID' });
    },
  );

  it('leaves the site where that is said', async () => {
    const result = await run('https://login.example/', { origins: ['https://login.example'] });
    expect(result.headers.get('location')).toBe('https://login.example/');
  });

  it.each([200, 300, 304, 305, 306, 309])('refuses the status %i', async (status) => {
    const result = await run('/a', { status: status as 301 });
    expect(result.error).toMatchObject({ code: 'RESPOND_STATUS_INVALID' });
  });
});
