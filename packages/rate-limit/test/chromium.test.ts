import { compose, type HttpContext } from '@windhover/core';
import { createServer } from '@windhover/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openChromium } from '../../../scripts/lib/open-chromium.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { rateLimit } from '../src/lib/rate-limit.ts';
import type { RateLimitOptions } from '../src/lib/rate-limit-options.ts';

/** A page with thirty pictures, that says how many of them it shows. */
const page = `<!doctype html><title>pictures</title><script>
  const loads = Array.from({ length: 30 }, (_, index) => new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(true);
    image.onerror = () => resolve(false);
    image.src = '/picture?' + index;
    document.documentElement.append(image);
  }));
  Promise.all(loads).then((shown) => fetch('/said?' + shown.filter(Boolean).length));
</script>`;
const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>';

/** Opens the page in Chromium, its pictures behind a limit; returns how many it shows, and what the limit decided. */
async function browse(options: Omit<RateLimitOptions, 'log' | 'observer'>): Promise<{ shown: number; seen: string[] }> {
  const seen: string[] = [];
  const ignore = (): void => undefined;
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const limit = rateLimit({ ...options, log, observer: { decided: (how) => void seen.push(how) } });
  const pictures = compose<HttpContext>([limit], ({ response }) => {
    response.headers.assign({ 'Content-Type': 'image/svg+xml', 'Cache-Control': 'no-store' });
    response.body = picture;
  });
  let say: (count: number) => void = ignore;
  const said = new Promise<number>((resolve) => {
    say = resolve;
  });
  const server = createServer((context) => {
    const { path, query } = context.request;
    if (path === '/picture') return pictures(context);
    if (path === '/said') say(Number(query));
    context.response.headers.set('Content-Type', 'text/html');
    context.response.body = path === '/' ? page : 'ok';
  });
  const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  await openChromium(`http://${name}/`);
  return { shown: await said, seen };
}

describe.skipIf(!hasPeer('chromium'))('Chromium behind a limit', { timeout: 60_000 }, () => {
  it('is slowed and not refused: it shows every picture of a page', async () => {
    const { shown, seen } = await browse({ requests: 50, perMs: 1000, burst: 40, delayAfter: 5 });
    expect(shown).toBe(30);
    expect(new Set(seen)).toEqual(new Set(['allowed', 'delayed']));
  });

  it('misses what is refused, where nobody waits', async () => {
    const { shown, seen } = await browse({ requests: 10, perMs: 3_600_000 });
    expect(shown).toBe(10);
    expect(seen.filter((how) => how === 'refused').length).toBeGreaterThanOrEqual(20);
  });
});
