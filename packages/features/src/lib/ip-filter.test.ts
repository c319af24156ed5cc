import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHandler } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { handlerOf } from './feature-fixtures.ts';

const site = (...routes: string[]): string => `sites: { a: { routes: [${routes.join(', ')}] } }\n`;
const from = (remoteAddress: string, url = '/') => ({ url, connection: { remoteAddress } });

describe('ipFilter', () => {
  it('holds on every level: an inner filter opens nothing that an outer one has closed', async () => {
    const handler = await handlerOf(
      `ipFilter: { deny: 192.0.2.0/24 }\n${site('{ path: /admin, ipFilter: { allow: [10.0.0.0/8, 192.0.2.1] }, respond: a }', '{ path: /, respond: b }', '{ path: /open, ipFilter: false, respond: c }')}`,
    );
    const status = async (address: string, url: string) => (await runHandler(handler, from(address, url))).status;
    expect([await status('10.0.0.1', '/admin'), await status('192.0.2.1', '/admin')]).toEqual([200, 403]);
    expect([await status('203.0.113.1', '/admin'), await status('203.0.113.1', '/')]).toEqual([403, 200]);
    expect([await status('192.0.2.1', '/'), await status('192.0.2.1', '/open')]).toEqual([403, 200]);
  });

  it('decides by the client behind trusted proxies', async () => {
    const handler = await handlerOf(
      `trustedProxies: 10.0.0.0/8\nipFilter: { deny: 203.0.113.0/24, answer: notFound }\n${site('{ path: /, respond: a }')}`,
    );
    const headers = { 'X-Forwarded-For': '203.0.113.1' };
    expect((await runHandler(handler, { ...from('10.0.0.1'), headers })).status).toBe(404);
    expect((await runHandler(handler, { ...from('198.51.100.1'), headers })).status).toBe(200);
  });

  it('reads a list before the first request', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'windhover-ip-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'blocked.txt');
    await writeFile(file, '192.0.2.0/24\n2001:db8::/32\n');
    const handler = await handlerOf(`ipFilter: { deny: [{ file: "${file}" }] }\n${site('{ path: /, respond: a }')}`);
    expect((await runHandler(handler, from('192.0.2.7'))).status).toBe(403);
    expect((await runHandler(handler, from('192.0.3.7'))).status).toBe(200);
    await writeFile(file, 'nonsense\n');
    await expect(
      handlerOf(`ipFilter: { deny: [{ file: "${file}" }] }\n${site('{ path: /, respond: a }')}`),
    ).rejects.toThrow('line 1: expected an IP address');
  });

  it.each([
    [
      '{ deny: blocked.txt }',
      'ipFilter.deny',
      'found "blocked.txt": a list in a file is written { file: blocked.txt }',
    ],
    ['{ deny: [10.0.0.0/8, lists/bad] }', 'ipFilter.deny[1]', 'a list in a file is written { file: lists/bad }'],
    ['{ allow: "*.example.com" }', 'ipFilter.allow', 'a domain is written { domain: "*.example.com" }'],
    ['{ rules: [{ allow: shop.example }] }', 'ipFilter.rules[0].allow', 'is written { domain: "shop.example" }'],
    ['{ deny: "https://a.example/b" }', 'ipFilter.deny', 'a list of a URL is written { url: "https://a.example/b" }'],
    ['{ deny: all }', 'ipFilter.deny', 'found "all": everybody is [0.0.0.0/0, "::/0"]'],
    ['{ deny: localhost }', 'ipFilter.deny', 'found "localhost": this machine is loopback'],
    ['{ deny: 10.0.0.1/8 }', 'ipFilter.deny', 'write 10.0.0.0/8 for the network, or 10.0.0.1 for the address'],
    ['{ deny: "2001:db8::1/32" }', 'ipFilter.deny', 'write 2001:db8::/32 for the network'],
    ['{ deny: nobody }', 'ipFilter.deny', 'or one of loopback, private, linklocal, unix, found "nobody"'],
    ['{ deny: { file: x, every: 5s } }', 'ipFilter.deny.every', 'found `every`, which belongs to `url`.'],
    [
      '{ deny: [{ url: "https://a/b", check: 5s }] }',
      'ipFilter.deny[0].check',
      'found `check`, which belongs to `file`.',
    ],
  ])('points at the entry of %s, and says how it is written', async (options, path, message) => {
    const problem = await handlerOf(`ipFilter: ${options}\n${site('{ path: /, respond: a }')}`).catch(String);
    expect(problem).toMatch(new RegExp(`  ${path.replace(/[.[\]]/g, '\\$&')}\n`));
    expect(problem).toContain(message);
  });

  it.each([
    [
      '{ deny: 192.0.2.300 }',
      'expected an IP address, or a network such as 10.0.0.0/8, or one of loopback, private, linklocal, unix, found "192.0.2.300"',
    ],
    ['{ deny: 192.0.2.1/24 }', 'the network of that size begins at 192.0.2.0'],
    ['{ unlisted: deny }', 'expected `allow`, `deny` or both'],
    ['{ rules: [{ allow: a, deny: b }] }', 'expected either `allow` or `deny`'],
    ['{ deny: [{ file: /none/at/all }] }', 'ENOENT at /none/at/all'],
    ['{ deny: [{ url: "ftp://a" }] }', 'expected https:// or http://'],
    ['{ deny: { domain: "*" } }', 'expected a domain such as example.com'],
  ])('says what is wrong with %s', async (options, message) => {
    await expect(handlerOf(`ipFilter: ${options}\n${site('{ path: /, respond: a }')}`)).rejects.toThrow(
      new RegExp(message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i'),
    );
  });
});
