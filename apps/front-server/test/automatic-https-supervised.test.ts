import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedis } from '../../../packages/redis/test/redis-server.ts';
import { freePorts } from '../../../scripts/lib/free-port.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { startPebble, type TestPebble } from '../../../scripts/lib/start-pebble.ts';
import { curl, execute, temporaryFolder } from './front-server-fixtures.ts';
import { program } from './supervised-fixtures.ts';

/** Starts `windhover run` with workers on these ports. It ends with the test. */
async function run(http: number, https: number, text: string, workers = 3) {
  const folder = await temporaryFolder();
  const config = join(folder, 'windhover.yaml');
  const listen = `listen: ['127.0.0.1:${http}', { address: 127.0.0.1, port: ${https}, tls: true }]\n`;
  await writeFile(config, `${listen}workers: ${workers}\naccessLog: off\n${text}`);
  const child = spawn(process.execPath, [program, 'run', '-c', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (output += part));
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    child.kill('SIGINT');
    await ended;
  });
  await expect.poll(() => output).toMatch(/windhover stop/);
  const command = (...args: string[]) => execute(process.execPath, [program, ...args, '-c', config]);
  return { https, folder, output: () => output, command };
}

const acme = ({ directory, caFile }: TestPebble, store: string): string =>
  `certificates: { store: ${store}, acme: { directory: '${directory}', ca: ${caFile}, challenge: http-01 } }\n`;

const shop = `sites:
  shop: { hosts: [shop.example.com], tls: auto, redirect: [https], routes: [{ path: /, respond: shop }] }
`;

async function serialAt(https: number): Promise<string> {
  const look = `openssl s_client -connect 127.0.0.1:${https} -servername shop.example.com </dev/null 2>/dev/null | openssl x509 -noout -serial 2>&1`;
  return (await execute('sh', ['-c', look])).stdout.trim();
}

/** The different answers of these ports, asked so often that each worker is among them. */
async function serialsAt(...ports: readonly number[]): Promise<readonly string[]> {
  const asked = ports.flatMap((port) => Array.from({ length: 8 }, () => serialAt(port)));
  return [...new Set(await Promise.all(asked))];
}

const isSerial = expect.stringMatching(/^serial=/);

describe.skipIf(!hasPeer('pebble'))('tls: auto with workers', () => {
  it('orders once for all workers, which answer the challenge and show the certificate without a reload', async () => {
    const [http, https] = (await freePorts(2)) as [number, number];
    const pebble = await startPebble({ httpPort: http });
    const server = await run(http, https, `${acme(pebble, '{ folder: state }')}metrics: 127.0.0.1:0\n${shop}`);
    await expect.poll(() => serialAt(https)).toEqual(isSerial);
    await expect.poll(() => serialsAt(https)).toEqual([isSerial]); // the other workers have heard of it
    const seen = await serialsAt(https);
    expect(seen).toEqual([isSerial]);
    expect(server.output().match(/A certificate was issued/g)).toHaveLength(1);
    const listed = await server.command('certs');
    expect(listed.stdout).toMatch(/^shop\.example\.com: expires in \d+d, next order in \d+d \(localhost:\d+\)\n$/);
    const address = /metrics +(http:\S+)/.exec(server.output())![1]!;
    const metrics = await curl(new URL('/metrics', address).href);
    const expiry = /windhover_certificate_expiry_timestamp_seconds\{name="shop\.example\.com"\} (\S+)/.exec(
      metrics.body,
    );
    expect(Number(expiry?.[1])).toBeGreaterThan(Date.now() / 1000);
    expect(Number(expiry?.[1])).toBeLessThan(Date.now() / 1000 + 100 * 86_400);
    expect((await server.command('certs', 'revoke', 'shop.example.com', '--reason', 'keyCompromise')).stdout).toMatch(
      /^Revoked/,
    );
    const revoked = seen[0]!.slice('serial='.length);
    expect(await pebble.statusOf(revoked.toLowerCase())).toBe('Revoked');
    await expect.poll(() => serialsAt(https)).not.toContain(seen[0]);
  });

  it.skipIf(!hasPeer('redis-server'))(
    'orders once for two servers that share a Redis, whichever is asked',
    async () => {
      const [http, https, otherHttp, otherHttps] = (await freePorts(4)) as [number, number, number, number];
      const pebble = await startPebble({ httpPort: otherHttp }); // only one of the two answers challenges
      const redis = await startRedis();
      const text = `stores: { shared: { redis: 'redis://127.0.0.1:${redis.port}' } }\n${acme(pebble, 'shared')}${shop}`;
      pebble.pause(); // a challenge that nobody answers yet has failed, and is tried again after minutes
      const servers = await Promise.all([run(http, https, text, 2), run(otherHttp, otherHttps, text, 2)]);
      pebble.resume();
      await expect.poll(() => serialsAt(https, otherHttps)).toEqual([isSerial]); // every worker has it
      const issued = servers.map(({ output }) => output().match(/A certificate was issued/g)?.length ?? 0);
      expect(issued.reduce((one, other) => one + other)).toBe(1);
      expect((await servers[0]!.command('certs')).stdout).toMatch(/^shop\.example\.com: expires in/);
      await redis.kill(); // what is in memory goes on
      expect(await serialAt(https)).toEqual(isSerial);
    },
  );
});
