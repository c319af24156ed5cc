import type { HttpContext } from '@windhover/core';
import { checkedCompose, createManualClock, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { auth } from '../auth.ts';
import { ask } from '../auth-fixtures.ts';
import { signUrl } from './sign-url.ts';
import { signedUrl } from './signed-url.ts';

const secret = 'sixteen characters and more';
const sign = (url: string, options = {}) => signUrl(url, secret, { expiresAt: 10_000, ...options });
const check = async (url: string, init = {}, clock = createManualClock()) => {
  const { status, text, refusals } = await ask(signedUrl([secret, 'an older secret, longer'], { clock }), {
    url,
    ...init,
  });
  return status === 200 ? text : (refusals[0] ?? 'none');
};

describe('signedUrl()', () => {
  it.each(['/a.pdf', '/a.pdf?page=1&q=x%20y', '/%61.pdf', '/a%2Fb?'])('takes %s as it was signed', async (url) => {
    expect(await check(sign(url))).toBe('signed-url');
    expect(await check(sign(url, { user: 'ada & bob' }))).toBe('ada & bob');
  });

  it('refuses another path, query, term or signature', async () => {
    const url = sign('/a.pdf?page=1', { user: 'ada' });
    for (const changed of [
      url.replace('/a.pdf', '/b.pdf'),
      url.replace('page=1', 'page=2'),
      url.replace('page=1&', ''),
      url.replace('wh_expires=10', 'wh_expires=11'),
      url.replace('wh_user=ada', 'wh_user=eve'),
      url.replace('&wh_user=ada', ''),
      signUrl('/a.pdf?page=1', 'another secret that is long', { expiresAt: 10_000, user: 'ada' }),
    ])
      expect(await check(changed)).toBe('signature');
  });

  it.each(['/?wh_expires=1', '/?wh_signature=x', `${sign('/')}&x=1`, sign('/').replace('?', '?wh_user=a&')])(
    'takes %s for a broken signature',
    async (url) => {
      expect(await check(url)).toBe('malformed');
    },
  );

  it('ends', async () => {
    const clock = createManualClock({ now: 9999 });
    expect(await check(sign('/'), {}, clock)).toBe('signed-url');
    clock.advance(1);
    expect(await check(sign('/'), {}, clock)).toBe('expired');
  });

  it('allows a prefix, in whole segments, with any query', async () => {
    const query = sign('/files/a/index', { prefix: '/files/a' }).split('?')[1]!;
    for (const path of ['/files/a', '/files/a/b/c.ts', '/files/%61/x'])
      expect(await check(`${path}?${query}`)).toBe('signed-url');
    expect(await check(`/files/a/x?part=1&${query}`)).toBe('signed-url');
    for (const path of ['/files', '/files/ab', '/files/a/../b', '/files/a/x%2Fb', '/files/a/..;/b'])
      expect(await check(`${path}?${query}`)).toBe('path');
  });

  it('is for one client', async () => {
    const from = (remoteAddress: string) => ({ connection: { transport: 'tcp', remoteAddress } });
    const url = sign('/', { address: '203.0.113.7' });
    expect(await check(url, from('203.0.113.7'))).toBe('signed-url');
    expect(await check(url, from('203.0.113.8'))).toBe('address');
  });

  it('is for GET and HEAD', async () => {
    expect(await check(sign('/'), { method: 'DELETE' })).toBe('method');
  });

  it('takes older secrets, and no request without a signature', async () => {
    expect(await check(signUrl('/', 'an older secret, longer', { expiresAt: 10_000 }))).toBe('signed-url');
    expect(await check('/?page=1')).toBe('none');
  });

  it('takes the signature off before the request goes on', async () => {
    const seen: string[] = [];
    const handler = checkedCompose(
      [auth({ any: [signedUrl([secret], { clock: createManualClock() })] })],
      ({ request }: HttpContext) => {
        seen.push(request.url);
      },
    );
    await runHandler(handler, sign('/a?b=c'));
    await runHandler(handler, sign('/a'));
    expect(seen).toEqual(['/a?b=c', '/a']);
  });

  it('refuses short secrets, and what cannot be signed', () => {
    expect(() => signedUrl(['short'])).toThrow(/16 characters/);
    expect(() => signedUrl([])).toThrow(/16 characters/);
    expect(() => sign('/a', { prefix: '/b' })).toThrow(/below the prefix/);
    expect(() => sign('/a?wh_user=x')).toThrow(/wh_/);
    expect(() => sign('/a', { expiresAt: Number.NaN })).toThrow(/expiresAt/);
  });
});
