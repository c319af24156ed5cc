import type { HeaderInit } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../../scripts/lib/cpu-ms-of.ts';
import { factsWith } from './client-fixtures.ts';
import { type ClientAddressOptions, clientPolicy } from './client-policy.ts';
import { type ClientFacts, resolveClient } from './resolve-client.ts';

interface Attempt {
  readonly name: string;
  readonly headers: HeaderInit;
  readonly options?: ClientAddressOptions;
  readonly facts?: Partial<ClientFacts>;
  /** `400`, or the believed client. */
  readonly expected: 400 | Readonly<Record<string, unknown>>;
}

/** 10.0.0.0/8 is trusted; the attacker is 203.0.113.9 and wants to be 127.0.0.1 on https://admin.example. */
const attacker = { address: '203.0.113.9', scheme: 'http', host: 'site.example', hostPort: null };
const direct: Partial<ClientFacts> = { remoteAddress: '203.0.113.9' };
const forwarded: ClientAddressOptions = { headers: 'forwarded' };

const attempts: readonly Attempt[] = [
  {
    name: 'X-Forwarded-For without any proxy',
    headers: { 'X-Forwarded-For': '127.0.0.1' },
    facts: direct,
    expected: attacker,
  },
  {
    name: 'X-Forwarded-Proto without any proxy',
    headers: { 'X-Forwarded-Proto': 'https' },
    facts: direct,
    expected: attacker,
  },
  {
    name: 'X-Forwarded-Host without any proxy',
    headers: { 'X-Forwarded-Host': 'admin.example' },
    facts: direct,
    expected: attacker,
  },
  {
    name: 'X-Forwarded-Port without any proxy',
    headers: { 'X-Forwarded-Port': '443' },
    facts: direct,
    expected: attacker,
  },
  {
    name: 'Forwarded without any proxy',
    headers: { Forwarded: 'for=127.0.0.1;proto=https;host=admin.example' },
    options: forwarded,
    facts: direct,
    expected: attacker,
  },
  {
    name: 'a value that cannot be read, without any proxy',
    headers: { 'X-Forwarded-For': '<script>' },
    facts: direct,
    expected: attacker,
  },
  { name: 'the leftmost address', headers: { 'X-Forwarded-For': '127.0.0.1, 203.0.113.9' }, expected: attacker },
  {
    name: 'the leftmost address, behind two proxies',
    headers: { 'X-Forwarded-For': '127.0.0.1, 203.0.113.9, 10.0.0.8' },
    expected: attacker,
  },
  {
    name: 'a trusted address on the left',
    headers: { 'X-Forwarded-For': '127.0.0.1, 10.0.0.5, 203.0.113.9' },
    expected: attacker,
  },
  {
    name: 'more hops than there are proxies',
    headers: { 'X-Forwarded-For': '127.0.0.1, 10.0.0.7, 10.0.0.6, 203.0.113.9' },
    options: { maxHops: 3 },
    expected: attacker,
  },
  {
    name: 'a scheme on the left',
    headers: { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https, http' },
    expected: attacker,
  },
  {
    name: 'a host on the left',
    headers: { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Host': 'admin.example, site.example' },
    expected: attacker,
  },
  {
    name: 'a port on the left',
    headers: { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Port': '8443, 80' },
    expected: attacker,
  },
  {
    name: 'a field of its own in front',
    headers: [
      ['X-Forwarded-For', '127.0.0.1'],
      ['X-Forwarded-For', '203.0.113.9'],
    ],
    expected: attacker,
  },
  { name: 'garbage on the left', headers: { 'X-Forwarded-For': '"\\, <script>, 203.0.113.9' }, expected: attacker },
  { name: 'unknown on the left', headers: { 'X-Forwarded-For': 'unknown, 203.0.113.9' }, expected: attacker },
  { name: 'X-Real-IP', headers: { 'X-Real-IP': '127.0.0.1', 'X-Forwarded-For': '203.0.113.9' }, expected: attacker },
  {
    name: 'X-Forwarded-Prefix',
    headers: { 'X-Forwarded-Prefix': '/admin', 'X-Forwarded-For': '203.0.113.9' },
    expected: attacker,
  },
  {
    name: 'X-Client-IP, True-Client-IP and CF-Connecting-IP',
    headers: {
      'X-Client-IP': '127.0.0.1',
      'True-Client-IP': '127.0.0.1',
      'CF-Connecting-IP': '127.0.0.1',
      'X-Forwarded-For': '203.0.113.9',
    },
    expected: attacker,
  },
  {
    name: 'other spellings of the name',
    headers: { X_Forwarded_For: '127.0.0.1', 'X.Forwarded.For': '127.0.0.1', 'X-Forwarded-For': '203.0.113.9' },
    expected: attacker,
  },
  {
    name: 'Forwarded where proxies write X-Forwarded',
    headers: { Forwarded: 'for=127.0.0.1;proto=https', 'X-Forwarded-For': '203.0.113.9' },
    expected: attacker,
  },
  {
    name: 'X-Forwarded where proxies write Forwarded',
    headers: {
      Forwarded: 'for=203.0.113.9',
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'admin.example',
    },
    options: forwarded,
    expected: attacker,
  },
  {
    name: 'an element of Forwarded on the left',
    headers: { Forwarded: 'for=127.0.0.1;proto=https;host=admin.example, for=203.0.113.9' },
    options: forwarded,
    expected: attacker,
  },
  {
    name: 'an open quote that swallows what the proxy added',
    headers: { Forwarded: 'for="127.0.0.1, for=203.0.113.9' },
    options: forwarded,
    expected: 400,
  },
  {
    name: 'an open quote closed by what the proxy added',
    headers: { Forwarded: 'for="127.0.0.1, for="[2001:db8::9]"' },
    options: forwarded,
    expected: 400,
  },
  {
    name: 'an open quote in a field of its own',
    headers: [
      ['Forwarded', 'for="127.0.0.1'],
      ['Forwarded', 'for=203.0.113.9'],
    ],
    options: forwarded,
    expected: attacker,
  },
  {
    name: 'a quoted comma in an extension',
    headers: { Forwarded: 'for=127.0.0.1;x="a, for=10.0.0.5", for=203.0.113.9' },
    options: forwarded,
    expected: attacker,
  },
  {
    name: 'two addresses in one element',
    headers: { Forwarded: 'for=203.0.113.9;for=127.0.0.1' },
    options: forwarded,
    expected: 400,
  },
  {
    name: 'a trusted network in IPv4-mapped clothes',
    headers: { 'X-Forwarded-For': '127.0.0.1, ::ffff:203.0.113.9' },
    expected: attacker,
  },
  {
    name: 'an address that only looks trusted',
    headers: { 'X-Forwarded-For': '127.0.0.1, 10.0.0.256' },
    expected: 400,
  },
  { name: 'an address in octal', headers: { 'X-Forwarded-For': '127.0.0.1, 012.0.0.1' }, expected: 400 },
  { name: 'an address as one number', headers: { 'X-Forwarded-For': '127.0.0.1, 167772161' }, expected: 400 },
  { name: 'a name instead of an address', headers: { 'X-Forwarded-For': 'localhost' }, expected: 400 },
  { name: 'a line break in the host', headers: { 'X-Forwarded-Host': 'site.example\tadmin.example' }, expected: 400 },
  { name: 'a path in the host', headers: { 'X-Forwarded-Host': 'site.example/@admin.example' }, expected: 400 },
  {
    name: 'a peer next to the trusted network',
    headers: { 'X-Forwarded-For': '127.0.0.1' },
    facts: { remoteAddress: '11.0.0.1' },
    expected: { address: '11.0.0.1' },
  },
  {
    name: 'a Unix socket nobody trusted',
    headers: { 'X-Forwarded-For': '127.0.0.1' },
    facts: { transport: 'unix', remoteAddress: '' },
    expected: { address: '' },
  },
];

describe('a client that claims to be somebody else', () => {
  it.each(attempts)('does not get through with $name', ({ headers, options, facts, expected }) => {
    const resolve = () => resolveClient(factsWith(headers, facts), clientPolicy({ trust: ['10.0.0.0/8'], ...options }));
    if (expected === 400)
      expect(resolve).toThrow(expect.objectContaining({ code: 'CLIENT_ADDRESS_MALFORMED', status: 400 }));
    else expect(resolve()).toMatchObject(expected);
  });

  it('costs nothing: entries that are not believed are not parsed', () => {
    const facts = factsWith({ 'X-Forwarded-For': `${'1,'.repeat(16_000)}203.0.113.9` });
    const policy = clientPolicy({ trust: ['10.0.0.0/8'] });
    const costMs = cpuMsOf(() => {
      for (let count = 0; count < 20; count++) expect(resolveClient(facts, policy).address).toBe('203.0.113.9');
    });
    expect(costMs).toBeLessThan(1000);
  });
});
