import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contextKey } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { createConsoleHandler } from './create-console-handler.ts';

const folder = mkdtempSync(join(tmpdir(), 'console-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'assets'));
writeFileSync(join(folder, 'index.html'), '<!doctype html>');
writeFileSync(join(folder, 'assets/index-abc.js'), 'plain');
writeFileSync(join(folder, 'assets/index-abc.js.br'), 'brotli');
writeFileSync(join(folder, 'assets/index-abc.js.gz'), 'gzip');
writeFileSync(join(folder, 'secret.pem'), 'not of the page');

const handler = createConsoleHandler({ folder });
const mountKey = contextKey<{ readonly path: string; readonly target: string }>('request.mount');
const asset = '/assets/index-abc.js';

describe('createConsoleHandler()', () => {
  it('answers its address with the page, which is asked for each time', async () => {
    const page = await runHandler(handler, '/');
    expect([page.status, page.text()]).toEqual([200, '<!doctype html>']);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const { status } = await runHandler(handler, { url: '/', headers: { 'If-None-Match': page.headers.get('etag')! } });
    expect(status).toBe(304);
  });

  it('lets nothing but its own files run, on every answer', async () => {
    for (const url of ['/', asset, '/nothing']) {
      const { headers } = await runHandler(handler, url);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it.each([
    ['br, gzip', 'br', 'brotli'],
    ['gzip', 'gzip', 'gzip'],
    ['identity', undefined, 'plain'],
    [undefined, undefined, 'plain'],
  ])('sends an asset to a client that takes %s as %s', async (accepted, coding, text) => {
    const headers: Record<string, string> = accepted === undefined ? {} : { 'Accept-Encoding': accepted };
    const answer = await runHandler(handler, { url: asset, headers });
    expect([answer.headers.get('content-encoding'), answer.text()]).toEqual([coding, text]);
    expect(answer.headers.get('vary')).toBe('Accept-Encoding');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it('has another ETag for each coding', async () => {
    const tags = ['br', 'gzip', 'identity'].map(
      async (coding) =>
        (await runHandler(handler, { url: asset, headers: { 'Accept-Encoding': coding } })).headers.get('etag')!,
    );
    expect(new Set(await Promise.all(tags)).size).toBe(3);
  });

  it.each(['/nothing', '/assets/', '/secret.pem', '/assets/index-abc.js.br', '/index.html', '/assets/../secret.pem'])(
    'has nothing at %s',
    async (url) => {
      const { status, headers } = await runHandler(handler, url);
      expect([status, headers.get('cache-control')]).toEqual([404, 'no-store']);
    },
  );

  it('takes GET and HEAD only', async () => {
    const { status, headers } = await runHandler(handler, { url: '/', method: 'POST' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await runHandler(handler, { url: '/', method: 'HEAD' })).status).toBe(200);
  });

  it('stands below a path, and leads there from the path without its slash', async () => {
    const below = createConsoleHandler({ folder, base: '/console/' });
    expect((await runHandler(below, '/console/')).status).toBe(200);
    expect((await runHandler(below, `/console${asset}`)).status).toBe(200);
    expect((await runHandler(below, '/')).status).toBe(404);
    const { status, headers } = await runHandler(below, '/console');
    expect([status, headers.get('location')]).toEqual([308, '/console/']);
  });

  it.each([undefined, '/manage/'])('stands where Express has mounted it, with the base %s', async (base) => {
    const mounted = createConsoleHandler(base === undefined ? { folder } : { folder, base });
    const ask = (target: string, url: string) =>
      runHandler((context) => {
        context.set(mountKey, { path: '/manage', target });
        return mounted(context);
      }, url);
    expect((await ask('/manage/', '/')).text()).toBe('<!doctype html>');
    expect((await ask(`/manage${asset}`, asset)).status).toBe(200);
    for (const query of ['', '?a=/b/']) {
      const { status, headers } = await ask(`/manage${query}`, `/${query}`);
      expect([status, headers.get('location')]).toEqual([308, './manage/']);
    }
    expect((await ask('/manage/nothing', '/nothing')).status).toBe(404);
  });

  it.each(['', 'console', '/console', 'console/'])('refuses the base %j', (base) => {
    expect(() => createConsoleHandler({ folder, base })).toThrow(
      expect.objectContaining({ code: 'ADMIN_CONSOLE_OPTION_INVALID' }),
    );
  });

  it('refuses a folder without the page', () => {
    expect(() => createConsoleHandler({ folder: join(folder, 'assets') })).toThrow(
      expect.objectContaining({ code: 'ADMIN_CONSOLE_NOT_BUILT' }),
    );
  });
});
