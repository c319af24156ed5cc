import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { execute, startUpstream, temporaryFolder } from './front-server-fixtures.ts';
import { start, until } from './supervised-fixtures.ts';

const size = 64 * 1024 * 1024;
const blockSize = 64 * 1024;

/** The bytes of the large file from a position on. */
function block(index: number): Buffer {
  const bytes = Buffer.alloc(blockSize, index % 251);
  bytes.writeUInt32LE(index, 0);
  return bytes;
}

/** An origin with one large file that counts how often it was asked, and small pages. */
function largeOrigin(): { readonly listener: RequestListener; asked: number } {
  const origin = {
    asked: 0,
    listener: ((request, response) => {
      origin.asked += 1;
      response.setHeader('Cache-Control', 'max-age=3600');
      if (request.url !== '/large') return void response.end(`page ${origin.asked}`);
      response.writeHead(200, { 'Content-Length': size, ETag: '"large"' });
      let next = 0;
      const write = (): void => {
        while (next * blockSize < size) if (!response.write(block(next++))) return void response.once('drain', write);
        response.end();
      };
      write();
    }) satisfies RequestListener,
  };
  return origin;
}

async function curlTo(file: string, ...args: string[]): Promise<{ readonly head: string; readonly body: Buffer }> {
  const { stdout } = await execute('curl', ['-s', '-D', '-', '-o', file, ...args]);
  return { head: stdout, body: await readFile(file) };
}

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

it('two workers share a folder: ranges of a large file, a restart, and a purge', { timeout: 120_000 }, async () => {
  const origin = largeOrigin();
  const { port: upstream } = await startUpstream(origin.listener);
  const folder = await temporaryFolder();
  const text = `caches: { files: { disk: "${folder}/cache", diskSize: 1GiB } }
sites: { a: { routes: [{ path: /, cache: { store: files, purge: true }, proxy: "http://127.0.0.1:${upstream}" }] } }\n`;
  const whole = Buffer.concat(Array.from({ length: size / blockSize }, (_, index) => block(index)));
  const part = join(folder, 'part');

  const first = await start(text);
  const url = `http://127.0.0.1:${first.port}`;
  expect(hash((await curlTo(part, `${url}/large`)).body)).toBe(hash(whole));
  let known = 0; // how often in a row: both workers have heard of it then
  const only = ['-r', '0-0', '-H', 'Cache-Control: only-if-cached'];
  await until(async () => {
    known = (await curlTo(part, ...only, `${url}/large`)).head.startsWith('HTTP/1.1 206') ? known + 1 : 0;
    return known === 8;
  });
  const ranges = [
    ['0-99', 0, 100],
    ['-50', size - 50, size],
    ['33000000-33999999', 33_000_000, 34_000_000],
  ] as const;
  for (
    let round = 0;
    round < 4;
    round++ // new connections, so both workers are asked
  )
    for (const [range, from, to] of ranges) {
      const { head, body } = await curlTo(part, '-r', range, `${url}/large`);
      expect(head).toMatch(/^HTTP\/1.1 206[\s\S]*Cache-Status: Windhover; hit/);
      expect(body.equals(whole.subarray(from, to))).toBe(true);
    }
  first.process.kill('SIGTERM');
  await once(first.process, 'exit');

  const second = await start(text);
  const again = `http://127.0.0.1:${second.port}`;
  // The port is part of the URL that an answer is stored by.
  const same = ['-H', `Host: 127.0.0.1:${first.port}`];
  const warm = await curlTo(part, ...same, `${again}/large`);
  expect([warm.head.includes('Windhover; hit'), hash(warm.body), origin.asked]).toEqual([true, hash(whole), 1]);

  const purged = await curlTo(part, ...same, '-X', 'PURGE', `${again}/*`);
  expect(purged.body.toString()).toBe('{"purged":1}\n');
  await until(async () =>
    (await curlTo(part, ...same, '-H', 'Cache-Control: only-if-cached', `${again}/large`)).head.startsWith(
      'HTTP/1.1 504',
    ),
  );
});

it('a PURGE at one worker empties the memory of all', { timeout: 60_000 }, async () => {
  const origin = largeOrigin();
  const { port: upstream } = await startUpstream(origin.listener);
  const route = `{ path: /, cache: { purge: true }, proxy: "http://127.0.0.1:${upstream}" }`;
  const { port } = await start(`sites: { a: { routes: [${route}] } }\n`);
  const page = async (): Promise<string> => (await execute('curl', ['-s', `http://127.0.0.1:${port}/page`])).stdout;
  const seen = new Set<string>();
  await until(async () => seen.add(await page()).size === 2); // both workers have stored an answer
  await execute('curl', ['-s', '-X', 'PURGE', `http://127.0.0.1:${port}/page`]);
  const later = new Set<string>();
  await until(async () => {
    const text = await page();
    if (!seen.has(text)) later.add(text);
    return later.size === 2;
  });
});
