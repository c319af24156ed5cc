import { join } from 'node:path';
import { writeLocalhostCertificate } from '@windhover/transport/testing';
import { expect, it } from 'vitest';
import { curl, startConfig, startServer, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

it('as many requests run as are allowed, the next ones wait, and the rest is told when to come again', async () => {
  const waiting: (() => void)[] = [];
  const upstream = await startUpstream((_request, response) => void waiting.push(() => response.end('done')));
  const { url } = await startServer(`
concurrency: { max: 1, queue: 1, retryAfter: 3s }
sites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${upstream.port}" }] } }`);
  const answers = [curl(url), curl(url), curl(url)].map((answer) =>
    answer.then((each) => {
      if (each.status !== 200) waiting.shift()!(); // all three have arrived: let the first one end
      return each;
    }),
  );
  const refused = await Promise.race(answers);
  expect([refused.status, refused.head]).toEqual([503, expect.stringContaining('retry-after: 3')]);
  await expect.poll(() => waiting.length).toBe(1);
  waiting.shift()!();
  expect((await Promise.all(answers)).map(({ status }) => status).sort()).toEqual([200, 200, 503]);
});

it('a listener has a limit of its own, over TLS too; the other listeners go on', async () => {
  const waiting: (() => void)[] = [];
  const upstream = await startUpstream((_request, response) => void waiting.push(() => response.end('done')));
  const folder = await temporaryFolder();
  const { certFile, keyFile } = await writeLocalhostCertificate(folder);
  const file = join(folder, 'open.sock');
  const { server } = await startConfig(`
listen:
  - { port: 0, address: 127.0.0.1, tls: { certificate: "${certFile}", key: "${keyFile}" }, concurrency: { max: 1, queue: 0 } }
  - { unix: "${file}" }
sites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${upstream.port}" }] } }`);
  const limited = `https://${server.listeners[0]!.name}`;
  const first = curl('-k', limited);
  await expect.poll(() => waiting.length).toBe(1);
  expect((await curl('-k', limited)).status).toBe(503);
  const other = curl('--unix-socket', file, 'http://a/');
  await expect.poll(() => waiting.length).toBe(2);
  for (const finish of waiting) finish();
  expect((await Promise.all([first, other])).map(({ status }) => status)).toEqual([200, 200]);
});
