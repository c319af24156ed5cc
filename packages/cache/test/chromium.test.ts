import type { HttpContext } from '@windhover/core';
import { createServer } from '@windhover/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openChromium } from '../../../scripts/lib/open-chromium.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { createCache } from '../src/lib/create-cache.ts';

/** An origin of pages that validates them, and notes what it was asked. */
function validatingOrigin() {
  const asked: string[] = [];
  const run = ({ request, response }: HttpContext): void => {
    const condition = request.headers.get('if-none-match') ?? 'all';
    asked.push(`${request.path} ${condition}`);
    response.headers.assign({ 'Cache-Control': 'max-age=60', ETag: '"a"', 'Content-Type': 'text/html' });
    if (condition === '"a"') response.status = 304;
    else response.body = `<!doctype html><p>${request.path}</p>`;
  };
  return { asked, run };
}

/** Opens a page in Chromium, before a cache, and waits until it asks for `/said?…`; returns what follows. */
async function browse(page: string, origin: (context: HttpContext) => void): Promise<unknown> {
  let say: (text: string) => void = () => undefined;
  const said = new Promise<string>((resolve) => {
    say = resolve;
  });
  const { middleware } = createCache();
  const server = createServer((context) => {
    const { path, query } = context.request;
    if (path === '/said') say(decodeURIComponent(query ?? ''));
    if (path !== '/start' && path !== '/said') return middleware(context, origin);
    context.response.headers.set('Content-Type', 'text/html');
    context.response.body = path === '/start' ? page : 'ok';
  });
  const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  await openChromium(`http://${name}/start`);
  return JSON.parse(await said);
}

describe.skipIf(!hasPeer('chromium'))('Chromium before a cache', () => {
  it('validates what it has, reloads, and never sees a 304 or a wrong page', async () => {
    const { asked, run } = validatingOrigin();
    const said = await browse(
      `<!doctype html><script>(async () => {
        const results = [];
        for (const cache of ['default', 'no-cache', 'reload', 'force-cache', 'no-store']) {
          const answer = await fetch('/data', { cache });
          const status = answer.headers.get('cache-status').split(';').slice(1, 3).join(';').replace(/ttl=.*/, 'ttl').trim();
          results.push([cache, answer.status, (await answer.text()).length, status]);
        }
        fetch('/said?' + encodeURIComponent(JSON.stringify(results)));
      })();</script>`,
      run,
    );
    const rows = said as [string, number, number, string][];
    expect(rows.map(([mode, status, length]) => [mode, status, length])).toEqual(
      ['default', 'no-cache', 'reload', 'force-cache', 'no-store'].map((mode) => [mode, 200, 27]),
    );
    // `no-cache` sends max-age=0, and what is stored is not older than that: the cache itself answers 304. The origin had to send its page only once.
    expect(rows[1]![3]).toBe('hit; ttl');
    expect(asked.filter((line) => line.startsWith('/data'))).toEqual(['/data all', '/data "a"', '/data "a"']);
  });

  it('goes back and forward through pages of the cache', async () => {
    const asked: string[] = [];
    // Each page notes that it is shown, and does the next step.
    const steps = `<script>onpageshow = () => setTimeout(() => {
      const shown = JSON.parse(sessionStorage.shown ?? '[]').concat(location.pathname);
      sessionStorage.shown = JSON.stringify(shown);
      const next = [() => { location.href = '/b'; }, () => history.back(), () => history.forward(), () => location.reload()];
      (next[shown.length - 1] ?? (() => fetch('/said?' + encodeURIComponent(sessionStorage.shown))))();
    }, 50);</script>`;
    const said = await browse(
      `<!doctype html><script>onload = () => { location.href = '/a'; };</script>`,
      (context) => {
        const { request, response } = context;
        const condition = request.headers.get('if-none-match') ?? 'all';
        asked.push(`${request.path} ${condition}`);
        response.headers.assign({ 'Cache-Control': 'max-age=60', ETag: '"a"', 'Content-Type': 'text/html' });
        if (condition === '"a"') response.status = 304;
        else response.body = `<!doctype html>${steps}`;
      },
    );
    expect(said).toEqual(['/a', '/b', '/a', '/b', '/b']);
    expect(asked.filter((line) => line.endsWith('all') && !line.includes('favicon'))).toEqual(['/a all', '/b all']);
  });
});
