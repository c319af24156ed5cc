import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createUpstreams } from '../upstreams.ts';
import { discoverDns, discoverSrv, type Resolver } from './discover-dns.ts';
import { discoverFile, parseServers } from './discover-file.ts';

const none = (): Promise<never> => Promise.reject(new Error('ENODATA'));
const resolver = (parts: Partial<Resolver>): Resolver => ({
  resolve4: none,
  resolve6: none,
  resolveSrv: none,
  lookup: none,
  ...parts,
});

describe('discoverDns()', () => {
  it('takes addresses of both families, by the shorter TTL', async () => {
    const found = discoverDns('shop', 3000, {
      resolver: resolver({
        resolve4: async () => [
          { address: '10.0.0.2', ttl: 30 },
          { address: '10.0.0.1', ttl: 30 },
        ],
        resolve6: async () => [{ address: '::2', ttl: 20 }],
      }),
    });
    expect(await found.look()).toEqual({
      servers: [{ url: 'http://10.0.0.1:3000' }, { url: 'http://10.0.0.2:3000' }, { url: 'http://[::2]:3000' }],
      againMs: 20_000,
    });
  });

  it.each([
    [0, 5000],
    [86_400, 60_000],
  ])('with a TTL of %i s looks again after %i ms', async (ttl, againMs) => {
    const found = discoverDns('shop', 80, {
      resolver: resolver({ resolve4: async () => [{ address: '10.0.0.1', ttl }] }),
    });
    expect((await found.look()).againMs).toBe(againMs);
  });

  it('asks the system where the DNS knows nothing, and fails where nobody does', async () => {
    const hosts = resolver({ lookup: async () => [{ address: '127.0.0.1' }] });
    expect((await discoverDns('localhost', 80, { resolver: hosts }).look()).servers).toEqual([
      { url: 'http://127.0.0.1:80' },
    ]);
    await expect(discoverDns('nowhere', 80, { resolver: resolver({}) }).look()).rejects.toThrow();
  });

  it('verifies certificates for the name, not for the address', async () => {
    const one = resolver({ resolve4: async () => [{ address: '10.0.0.1', ttl: 30 }] });
    const { servers } = await discoverDns('shop.example', 443, { scheme: 'https', resolver: one }).look();
    expect(servers).toEqual([{ url: 'https://10.0.0.1:443', tls: { serverName: 'shop.example' } }]);
  });
});

describe('discoverSrv()', () => {
  it('takes weights, and higher priorities as backups', async () => {
    const records = [
      { name: 'b.example.', port: 81, priority: 20, weight: 0 },
      { name: 'a.example', port: 80, priority: 10, weight: 5 },
    ];
    const { servers } = await discoverSrv('_http._tcp.shop', {
      resolver: resolver({ resolveSrv: async () => records }),
    }).look();
    expect(servers).toEqual([
      { url: 'http://a.example:80', weight: 5, backup: false },
      { url: 'http://b.example:81', weight: 1, backup: true },
    ]);
  });
});

describe('parseServers()', () => {
  it.each([
    ['http://a:1\n# remark\n\n http://b:2 # slow\n', [{ url: 'http://a:1' }, { url: 'http://b:2' }]],
    ['["http://a:1", {"url": "http://b:2", "weight": 2}]', [{ url: 'http://a:1' }, { url: 'http://b:2', weight: 2 }]],
    ['', []],
  ])('reads %j', (text, expected) => {
    expect(parseServers(text, 'file')).toEqual(expected);
  });

  it.each(['["http://a:1",', '[{} {}]'])('says by a code that %j is no list', (text) => {
    expect(() => parseServers(text, 'file')).toThrow(expect.objectContaining({ code: 'PROXY_SERVERS_INVALID' }));
  });
});

describe('upstreams that are discovered', () => {
  const flush = async (): Promise<void> => {
    for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve));
  };

  it('follow every answer, and keep the last one when there is none', async () => {
    const clock = createManualClock();
    let urls: string[] | null = ['http://10.0.0.1'];
    const look = async () => {
      if (urls === null) throw new Error('no answer');
      return { servers: urls.map((url) => ({ url })), againMs: 1000 };
    };
    const said: string[] = [];
    const say = (message: string): void => void said.push(message);
    const log = { debug: say, info: say, warn: say, error: say };
    const upstreams = createUpstreams([{ url: 'http://spare', backup: true }], { clock, discover: { look }, log });
    onTestFinished(() => upstreams.close());
    await upstreams.start();
    expect(upstreams.addresses).toEqual(['http://spare', 'http://10.0.0.1']);
    urls = ['http://10.0.0.2', 'http://10.0.0.1'];
    clock.advance(1250);
    await flush();
    expect(upstreams.addresses).toEqual(['http://spare', 'http://10.0.0.2', 'http://10.0.0.1']);
    urls = null;
    clock.advance(1250);
    await flush();
    expect(upstreams.addresses).toHaveLength(3);
    expect(said).toEqual(['Upstreams could not be looked up']);
    urls = ['http://10.0.0.3'];
    clock.advance(10_250);
    await flush();
    expect(upstreams.addresses).toEqual(['http://spare', 'http://10.0.0.3']);
  });

  it('ignore an answer that is not valid', async () => {
    const discover = { look: async () => ({ servers: [{ url: 'nonsense' }], againMs: 1000 }) };
    const upstreams = createUpstreams(['http://a'], { discover, clock: createManualClock() });
    await upstreams.start();
    expect(upstreams.addresses).toEqual(['http://a']);
    upstreams.close();
  });

  it('come from a file that is read again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'windhover-discover-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'servers');
    await writeFile(file, 'http://10.0.0.1\n');
    const upstreams = createUpstreams([], { discover: discoverFile(file, 1) });
    onTestFinished(() => upstreams.close());
    await upstreams.start();
    expect(upstreams.addresses).toEqual(['http://10.0.0.1']);
    await writeFile(file, 'http://10.0.0.2\n');
    await expect.poll(() => upstreams.addresses).toEqual(['http://10.0.0.2']);
  });
});
