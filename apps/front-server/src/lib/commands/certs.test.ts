import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { startRedis } from '../../../../../packages/redis/test/redis-server.ts';
import { hasOpenssl, makeCertificate } from '../../../../../scripts/lib/make-certificate.ts';
import { hasPeer } from '../../../../../scripts/lib/peer.ts';
import { startConfig } from '../../../test/front-server-fixtures.ts';
import { folderWith, windhover } from './command-fixtures.ts';

it.runIf(hasOpenssl)('windhover certs lists certificates of files, folders and orders, without a server', async () => {
  const folder = await folderWith({
    'windhover.yaml': `listen: [80, { port: 443, tls: true }]
certificates: { acme: true, store: { folder: state }, folder: central }
sites:
  shop: { hosts: [shop.example.com], tls: auto, routes: [{ path: /, respond: x }] }
  old: { hosts: [old.example.com], tls: { certificate: old.example.com.crt, key: old.example.com.key }, routes: [{ path: /, respond: x }] }
ftp: [{ root: ., certificate: files.example.com.crt, key: files.example.com.key, anonymous: true }]
`,
    'central/_.example.net.pem': 'nothing',
    'state/orders/shop.example.com.json': JSON.stringify({
      failures: {
        'ca.example': {
          kind: 'refused',
          count: 1,
          atMs: Date.now() - 90 * 60_000,
          retryAtMs: null,
          code: 'X',
          message: 'not yours',
        },
      },
      renewal: null,
    }),
  });
  await makeCertificate(folder, { name: 'old.example.com', days: 30 });
  await makeCertificate(folder, { name: 'files.example.com', days: 20 });
  const config = ['-c', `${folder}/windhover.yaml`];
  const { code, stdout } = await windhover(['certs', ...config]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^shop\.example\.com: no certificate yet, next try now\n {2}failed 90m ago at ca\.example: not yours\nold\.example\.com: expires in 29d \(.*old\.example\.com\.crt\)\nfiles\.example\.com: expires in 19d \(.*files\.example\.com\.crt\)\n\*\.example\.net: cannot be used/,
  );
  const listed = JSON.parse((await windhover(['certs', '--json', ...config])).stdout);
  expect(listed.map(({ name }: { name: string }) => name)).toEqual([
    'shop.example.com',
    'old.example.com',
    'files.example.com',
    '*.example.net',
  ]);
});

it('windhover certs says what it cannot do', async () => {
  const folder = await folderWith({ 'windhover.yaml': 'sites: { a: { routes: [{ path: /, respond: x }] } }\n' });
  const config = ['-c', `${folder}/windhover.yaml`];
  expect((await windhover(['certs', ...config])).stdout).toBe('The configuration has no certificates.\n');
  expect(await windhover(['certs', 'revoke', ...config])).toMatchObject({ code: 2 });
  expect(await windhover(['certs', 'revoke', 'a.example.com', ...config])).toMatchObject({ code: 1 });
  const other = await windhover(['certs', 'revoke', 'a.example.com', '--reason', 'other', ...config]);
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('keyCompromise') });
});

it.skipIf(!hasPeer('redis-server'))(
  'windhover certs looks into a Redis without a server that it could ask',
  async () => {
    const redis = await startRedis();
    const folder = await folderWith({
      'windhover.yaml': `workers: 0
listen: { address: 127.0.0.1, port: 0, tls: auto }
stores: { shared: { redis: 'redis://127.0.0.1:${redis.port}' } }
certificates: { store: shared, local: true }
sites: { shop: { hosts: [shop.internal], routes: [{ path: /, respond: x }] } }
`,
    });
    const config = ['-c', `${folder}/windhover.yaml`];
    expect((await windhover(['certs', ...config])).stdout).toMatch(/^shop\.internal: no certificate yet/);
    const text = await readFile(`${folder}/windhover.yaml`, 'utf8');
    await startConfig(text, folder);
    await expect
      .poll(async () => (await windhover(['certs', ...config])).stdout)
      .toMatch(/^shop\.internal: expires in 29d, next order in \d+d \(local\)\n$/);
    await redis.kill();
    expect(await windhover(['certs', ...config])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The store of the certificates cannot be reached: /),
    });
  },
);
