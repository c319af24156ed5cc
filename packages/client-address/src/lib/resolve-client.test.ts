import type { ClientIdentity, HeaderInit } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { factsWith } from './client-fixtures.ts';
import { type ClientAddressOptions, clientPolicy } from './client-policy.ts';
import { type ClientFacts, resolveClient } from './resolve-client.ts';

const resolve = (
  headers: HeaderInit,
  options: ClientAddressOptions = {},
  facts: Partial<ClientFacts> = {},
): ClientIdentity => resolveClient(factsWith(headers, facts), clientPolicy({ trust: ['private'], ...options }));

const malformed = expect.objectContaining({ code: 'CLIENT_ADDRESS_MALFORMED', status: 400 }) as Error;

describe('resolveClient() with X-Forwarded', () => {
  it('takes each thing from the proxy that is trusted', () => {
    const headers = {
      'X-Forwarded-For': '203.0.113.7:4711',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'Shop.Example.',
      'X-Forwarded-Port': '8443',
    };
    expect(resolve(headers)).toEqual({
      address: '203.0.113.7',
      port: 4711,
      scheme: 'https',
      host: 'shop.example',
      hostPort: 8443,
      source: 'X-Forwarded from 10.0.0.2',
    });
  });

  it('walks over every trusted proxy, each with its own values', () => {
    const headers = {
      'X-Forwarded-For': '203.0.113.7, 10.0.0.9, 10.0.0.8',
      'X-Forwarded-Proto': 'https, http, http',
      'X-Forwarded-Host': 'shop.example, inner.example, inner.example',
    };
    expect(resolve(headers)).toMatchObject({
      address: '203.0.113.7',
      scheme: 'https',
      host: 'shop.example',
      source: 'X-Forwarded from 10.0.0.9',
    });
  });

  it('takes the trusted address itself when the request began there', () => {
    expect(resolve({ 'X-Forwarded-For': '10.0.0.9, 10.0.0.8' }).address).toBe('10.0.0.9');
  });

  it('keeps facts of the connection that no proxy states', () => {
    const facts = { scheme: 'https', port: 8443 } as const;
    const expected = { address: '203.0.113.7', port: null, scheme: 'https', host: 'site.example', hostPort: 8443 };
    expect(resolve({ 'X-Forwarded-For': '203.0.113.7' }, {}, facts)).toMatchObject(expected);
    expect(resolve({ 'X-Forwarded-Proto': 'https' })).toMatchObject({
      address: '10.0.0.2',
      port: 50_000,
      scheme: 'https',
    });
  });

  it('reads repeated fields as one list, in their order (RFC 9110 §5.3)', () => {
    const headers: [string, string][] = [
      ['X-Forwarded-For', '198.51.100.1'],
      ['X-Forwarded-For', '203.0.113.7, 10.0.0.9'],
      ['x-forwarded-for', ''],
    ];
    expect(resolve(headers).address).toBe('203.0.113.7');
  });

  it.each([
    ['2001:DB8:0:0::7', '2001:db8::7', null],
    ['[2001:db8::7]', '2001:db8::7', null],
    ['[2001:db8::7]:443', '2001:db8::7', 443],
    ['::ffff:203.0.113.7', '203.0.113.7', null],
    ['[::ffff:cb00:7107]:80', '203.0.113.7', 80],
    ['203.0.113.7:0', '203.0.113.7', null],
  ])('gives %s one spelling', (text, address, port) => {
    expect(resolve({ 'X-Forwarded-For': text })).toMatchObject({ address, port });
  });

  it.each([
    ['https', '443', null],
    ['https', '80', 80],
    ['http', '80', null],
    ['wss', '443', null],
    ['ws', '8080', 8080],
  ])('names the port of the host unless it is the scheme’s own: %s and %s', (scheme, port, hostPort) => {
    const client = resolve({ 'X-Forwarded-Proto': scheme, 'X-Forwarded-Port': port }, {}, { port: 9000 });
    expect(client.hostPort).toBe(hostPort);
  });

  it('takes a port from X-Forwarded-Host, and rather from X-Forwarded-Port', () => {
    expect(resolve({ 'X-Forwarded-Host': 'a.example:81' })).toMatchObject({ host: 'a.example', hostPort: 81 });
    expect(resolve({ 'X-Forwarded-Host': 'a.example:81', 'X-Forwarded-Port': '82' }).hostPort).toBe(82);
    expect(resolve({ 'X-Forwarded-Host': 'a.example' }, {}, { port: 9000 }).hostPort).toBeNull();
    expect(resolve({ 'X-Forwarded-Host': '[2001:DB8::1]:81' })).toMatchObject({ host: '[2001:db8::1]', hostPort: 81 });
  });

  it.each(['unknown', 'Unknown', '_hidden'])('knows no address for %s, and not that of the proxy', (text) => {
    const headers = { 'X-Forwarded-For': `203.0.113.7, ${text}`, 'X-Forwarded-Proto': 'http, https' };
    expect(resolve(headers)).toMatchObject({ address: '', port: null, scheme: 'https' });
  });

  it.each([', 203.0.113.7', ' ,,203.0.113.7', ', 203.0.113.7, 10.0.0.8'])(
    'reads %j: empty elements at the beginning do not count (RFC 9110 §5.6.1)',
    (value) => expect(resolve({ 'X-Forwarded-For': value }).address).toBe('203.0.113.7'),
  );

  it.each<HeaderInit>([
    { 'X-Forwarded-For': 'x' },
    { 'X-Forwarded-For': '203.0.113.7,' },
    { 'X-Forwarded-For': '203.0.113.7, , 10.0.0.8' },
    { 'X-Forwarded-For': '203.0.113.256' },
    { 'X-Forwarded-For': '203.0.113.7:99999' },
    { 'X-Forwarded-For': '0xcb.0.113.7' },
    { 'X-Forwarded-For': '[::1' },
    { 'X-Forwarded-For': '127.1' },
    { 'X-Forwarded-For': '127.0.0.1%eth0' },
    { 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Proto': 'javascript' },
    { 'X-Forwarded-Proto': 'https, ' },
    { 'X-Forwarded-Host': 'a.example/x' },
    { 'X-Forwarded-Host': 'user@a.example' },
    { 'X-Forwarded-Host': 'a..example' },
    { 'X-Forwarded-Host': '[::1' },
    { 'X-Forwarded-Host': 'a.example:99999' },
    { 'X-Forwarded-Port': '0' },
    { 'X-Forwarded-Port': '65536' },
    { 'X-Forwarded-Port': '80 443' },
  ])('refuses %j of a trusted proxy: nobody gets the rights of its address', (headers) => {
    expect(() => resolve(headers)).toThrow(malformed);
  });
});

describe('resolveClient() with Forwarded (RFC 7239)', () => {
  const forwarded = (value: string | string[], trust = ['private']): ClientIdentity =>
    resolve({ Forwarded: value }, { headers: 'forwarded', trust });

  it('takes each thing from the elements of trusted proxies', () => {
    expect(forwarded('for="203.0.113.7:4711";proto=https;host="Shop.Example:8443", for=10.0.0.9;proto=http')).toEqual({
      address: '203.0.113.7',
      port: 4711,
      scheme: 'https',
      host: 'shop.example',
      hostPort: 8443,
      source: 'Forwarded from 10.0.0.9',
    });
  });

  it('reads repeated fields and leaves empty elements out (RFC 9110 §5.6.1)', () => {
    expect(forwarded(['for=198.51.100.1', ', for=203.0.113.7 ,, for=10.0.0.9,']).address).toBe('203.0.113.7');
  });

  it.each([
    ['for="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17', 4711],
    ['For="[2001:DB8:0:0::1]"', '2001:db8::1', null],
    ['for="[::ffff:203.0.113.7]"', '203.0.113.7', null],
    ['for="203.0.113.7:_port"', '203.0.113.7', null],
    ['for=unknown', '', null],
    ['for="_SEVKISEK"', '', null],
    ['for="unknown:80"', '', null],
  ])('reads %s (§6)', (value, address, port) => expect(forwarded(value)).toMatchObject({ address, port }));

  it('goes no further than an address that is hidden (§6.3)', () => {
    expect(forwarded('for=203.0.113.7;proto=http, for=_hidden;proto=https')).toMatchObject({
      address: '',
      scheme: 'https',
    });
  });

  it('goes no further than an element without for', () => {
    expect(forwarded('for=203.0.113.7, proto=https')).toMatchObject({ address: '10.0.0.2', scheme: 'https' });
  });

  it.each([
    'for=::1',
    'for=203.0.113.7:80',
    'for="203.0.113.256"',
    'for=example.com',
    'for=203.0.113.7;for=127.0.0.1',
    'for=203.0.113.7;proto=ftp',
    'for=203.0.113.7;host="a/b"',
    'for=203.0.113.7 x',
    'x',
  ])('refuses %s of a trusted proxy', (value) => expect(() => forwarded(value)).toThrow(malformed));
});

describe('trusted parties', () => {
  const headers = { 'X-Forwarded-For': '203.0.113.7, unix:' };

  it('trusts no peer by default', () => {
    const facts = factsWith(
      { 'X-Forwarded-For': '203.0.113.7', Forwarded: 'for=203.0.113.7' },
      { remoteAddress: '127.0.0.1' },
    );
    expect(resolveClient(facts, clientPolicy())).toMatchObject({ address: '127.0.0.1', source: 'connection' });
  });

  it('is a Unix socket only by name', () => {
    const unix = { transport: 'unix', remoteAddress: '' } as const;
    const one = { 'X-Forwarded-For': '203.0.113.7' };
    expect(resolve(one, { trust: ['unix'] }, unix)).toMatchObject({ address: '203.0.113.7' });
    expect(resolve(one, { trust: ['loopback', 'private', 'linklocal'] }, unix)).toMatchObject({ address: '' });
    expect(resolve(one, { trust: ['unix'] }).address).toBe('10.0.0.2');
    expect(resolve(headers, { trust: ['private', 'unix'] }).address).toBe('203.0.113.7');
    expect(resolve(headers)).toMatchObject({ address: '', port: null });
  });

  it('trusts no peer without an address', () => {
    const facts = { transport: 'memory', remoteAddress: '' } as const;
    expect(resolve({ 'X-Forwarded-For': '203.0.113.7' }, { trust: ['0.0.0.0/0', '::/0', 'unix'] }, facts).address).toBe(
      '',
    );
  });

  it('is an IPv4-mapped or zoned peer as what it is', () => {
    const one = { 'X-Forwarded-For': '203.0.113.7' };
    expect(resolve(one, {}, { remoteAddress: '::ffff:10.0.0.2' }).address).toBe('203.0.113.7');
    expect(resolve(one, { trust: ['linklocal'] }, { remoteAddress: 'fe80::1%eth0' }).address).toBe('203.0.113.7');
  });

  it('ends after maxHops', () => {
    const chain = { 'X-Forwarded-For': '203.0.113.7, 10.0.0.9, 10.0.0.8', 'X-Forwarded-Proto': 'https, http, http' };
    expect(resolve(chain, { maxHops: 1 })).toMatchObject({ address: '10.0.0.8', scheme: 'http' });
    expect(resolve(chain, { maxHops: 2 })).toMatchObject({ address: '10.0.0.9', scheme: 'http' });
    expect(resolve(chain, { maxHops: 3 })).toMatchObject({ address: '203.0.113.7', scheme: 'https' });
  });
});
