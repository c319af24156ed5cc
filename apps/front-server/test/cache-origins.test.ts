import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startExpress, startNginx } from '../../../packages/features/test/real-origins.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { execute, temporaryFolder } from './front-server-fixtures.ts';
import { start } from './supervised-fixtures.ts';

interface Answer {
  readonly status: string;
  /** What the cache did. */
  readonly cache: string;
  readonly text: string;
}

/** The program of the front server with a cache before an origin, and one worker, whose memory all requests meet. */
async function startCache(
  origin: number,
  options: string,
): Promise<(path: string, ...more: string[]) => Promise<Answer>> {
  const route = `{ path: /, cache: { purge: true${options} }, proxy: "http://127.0.0.1:${origin}" }`;
  const { port } = await start(`sites: { a: { routes: [${route}] } }\n`, '', 1);
  return async (path, ...more) => {
    const { stdout } = await execute('curl', ['-s', '-i', ...more, `http://127.0.0.1:${port}${path}`]);
    const end = stdout.indexOf('\r\n\r\n');
    const head = stdout.slice(0, end);
    const cache = /^cache-status: Windhover; (.*)$/im.exec(head)?.[1]?.trim() ?? '';
    return { status: head.slice(9, 12), cache: cache.replace(/ttl=\d+/, 'ttl'), text: stdout.slice(end + 4) };
  };
}

describe('the program with a cache before Express', () => {
  it('distinguishes by Vary, purges by tag, and forgets after an unsafe request', { timeout: 60_000 }, async () => {
    const origin = await startExpress();
    const ask = await startCache(origin.port, '');
    const page = async (language: string) => (await ask('/page', '-H', `Accept-Language: ${language}`)).text;
    expect([await page('de'), await page('fr'), await page('de')]).toEqual(['de /page 1', 'fr /page 1', 'de /page 1']);
    expect(origin.asked).toHaveLength(2);
    origin.version = 2;
    expect([await page('de'), await page('fr')]).toEqual(['de /page 1', 'fr /page 1']);
    expect((await ask('/', '-X', 'PURGE', '-H', 'Surrogate-Key: page')).text).toBe('{"purged":2}\n');
    expect([await page('de'), await page('fr')]).toEqual(['de /page 2', 'fr /page 2']);

    expect([(await ask('/kept')).text, (await ask('/kept')).cache]).toEqual(['/kept 2', 'hit; ttl']);
    origin.version = 3;
    await ask('/kept', '-X', 'POST');
    expect((await ask('/kept')).text).toBe('/kept 3');
  });

  it('validates with the tag of Express, and uses a stale answer while it does', { timeout: 60_000 }, async () => {
    const origin = await startExpress();
    const ask = await startCache(origin.port, '');
    await ask('/checked');
    const again = await ask('/checked');
    expect([again.status, again.cache, again.text]).toEqual(['200', 'fwd=stale; fwd-status=304', '/checked 1']);
    expect(origin.asked).toEqual(['/checked', '/checked if changed']);
    origin.version = 2;
    expect((await ask('/checked')).text).toBe('/checked 2');

    expect((await ask('/stale')).text).toBe('/stale 2');
    origin.version = 3;
    expect((await ask('/stale')).text).toBe('/stale 2');
    await expect.poll(async () => (await ask('/stale')).text).toBe('/stale 3');
  });

  it('answers ranges from what it has, and stores no cookie', { timeout: 60_000 }, async () => {
    const origin = await startExpress();
    const ask = await startCache(origin.port, '');
    const part = await ask('/file', '-r', '10-13');
    expect([part.status, part.text]).toEqual(['206', 'abcd']);
    const end = await ask('/file', '-r', '-3');
    expect([end.status, end.cache, end.text]).toEqual(['206', 'hit; ttl', 'hij']);
    expect((await ask('/file', '-r', '500000-')).status).toBe('416');
    expect(origin.asked).toEqual(['/file']);
    for (let count = 0; count < 2; count++) expect((await ask('/mine')).text).toBe('mine');
    expect(origin.asked).toEqual(['/file', '/mine', '/mine']);
  });
});

describe.skipIf(!hasPeer('nginx'))('the program with a cache before nginx', () => {
  it('keeps files and each coding of a page, answers ranges and conditions, validates, and purges', {
    timeout: 60_000,
  }, async () => {
    const folder = await temporaryFolder();
    const write = async (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
    const text = '<p>The quick brown fox jumps over the lazy dog</p>'.repeat(100);
    await write('page.html', text);
    await write('file.bin', 'abcdefghij'.repeat(30_000));
    const ask = await startCache(await startNginx(folder), ', ttl: 1h');
    await ask('/file.bin');
    const part = await ask('/file.bin', '-r', '299998-');
    expect([part.status, part.cache, part.text]).toEqual(['206', 'hit; ttl', 'ij']);

    const zipped = join(folder, 'zipped');
    const inGzip = async () => {
      await ask('/page.html', '-H', 'Accept-Encoding: gzip', '-o', zipped);
      const { stdout } = await execute('base64', ['-w0', zipped]);
      const bytes = Buffer.from(stdout, 'base64');
      return gunzipSync(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)).toString();
    };
    expect([await inGzip(), (await ask('/page.html')).text, await inGzip()]).toEqual([text, text, text]);

    await write('file.bin', 'changed');
    expect((await ask('/file.bin', '-r', '0-2')).text).toBe('abc');
    const reloaded = await ask('/file.bin', '-H', 'Cache-Control: no-cache');
    expect([reloaded.cache, reloaded.text]).toEqual([expect.stringMatching(/^fwd=request/), 'changed']);
    const validated = await ask('/file.bin', '-H', 'Cache-Control: no-cache');
    expect([validated.cache, validated.text]).toEqual(['fwd=request; fwd-status=304', 'changed']);
    expect((await ask('/file.bin', '-X', 'PURGE')).text).toBe('{"purged":1}\n');
    expect((await ask('/page*', '-X', 'PURGE')).text).toBe('{"purged":2}\n');
    expect((await ask('/page.html')).cache).toMatch(/^fwd=uri-miss/);
  });
});
