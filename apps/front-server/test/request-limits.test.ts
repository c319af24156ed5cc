import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { curl, startServer, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

it('a route limits the body of its requests, and may allow more than the server', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'body');
  await writeFile(file, 'x'.repeat(3000));
  const upstream = await startUpstream((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('end', () => response.end(String(bytes)));
  });
  const proxy = `proxy: "http://127.0.0.1:${upstream.port}"`;
  const { url } = await startServer(`
limits: { requestBody: 2KB }
sites:
  a:
    routes:
      - { path: /, ${proxy} }
      - { path: /more, maxRequestBody: 3KB, ${proxy} }
      - { path: /less, maxRequestBody: 1KB, ${proxy} }`);
  const send = (path: string, ...args: string[]) => curl('--data-binary', `@${file}`, ...args, `${url}${path}`);
  const chunked = ['-H', 'Transfer-Encoding: chunked'];
  expect((await send('/')).status).toBe(413);
  expect((await send('/more')).body).toBe('3000');
  expect((await send('/more', ...chunked)).body).toBe('3000');
  expect((await send('/less')).status).toBe(413);
  expect((await send('/less', ...chunked)).status).toBe(413);
});

it('a route answers 504 when an upstream is slower than its timeout', async () => {
  const upstream = await startUpstream(() => undefined);
  const { url } = await startServer(`
sites: { a: { routes: [{ path: /, timeout: 20ms, proxy: "http://127.0.0.1:${upstream.port}" }] } }`);
  const { status, head } = await curl('-H', 'Accept: text/html', url);
  expect([status, head]).toEqual([504, expect.stringContaining('content-type: text/html')]);
});
