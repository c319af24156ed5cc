import { describe, expect, it } from 'vitest';
import { isOrigin, isOriginEntry, meantOrigin, originList } from './origin-list.ts';

describe('originList()', () => {
  const list = originList([
    'https://a.example',
    'http://localhost:3000',
    'https://*.b.example',
    'https://*.c.example:8443',
  ]);

  it.each([
    'https://a.example',
    'http://localhost:3000',
    'https://x.b.example',
    'https://x.y.b.example',
    'https://x_1-2.b.example',
    'https://x.c.example:8443',
  ])('has %s', (origin) => {
    expect(list.has(origin)).toBe(true);
  });

  it.each([
    ['another scheme', 'http://a.example'],
    ['another port', 'https://a.example:8443'],
    ['another case, which no browser sends', 'https://A.example'],
    ['a path', 'https://a.example/'],
    ['a name that begins alike', 'https://a.example.evil.example'],
    ['a name that ends alike', 'https://evil-a.example'],
    ['the domain of a wildcard itself', 'https://b.example'],
    ['a name that ends like a wildcard, without its dot', 'https://evilb.example'],
    ['a wildcard with something behind', 'https://x.b.example.evil.example'],
    ['a wildcard with another scheme', 'http://x.b.example'],
    ['a wildcard with a port it does not name', 'https://x.b.example:444'],
    ['a wildcard without its port', 'https://x.c.example'],
    ['an empty label', 'https://.b.example'],
    ['two dots', 'https://x..b.example'],
    ['names before an @', 'https://evil.example@x.b.example'],
    ['a slash in the wildcard', 'https://evil.example/.b.example'],
    ['a fragment in the wildcard', 'https://evil.example#.b.example'],
    ['a backslash in the wildcard', 'https://evil.example\\.b.example'],
    ['a port in the wildcard', 'https://evil.example:80.b.example'],
    ['a line break in the wildcard', 'https://evil.example\n.b.example'],
    ['two origins', 'https://a.example, https://a.example'],
    ['null', 'null'],
    ['the entry itself', 'https://*.b.example'],
    ['nothing', ''],
  ])('has not %s', (_what, origin) => {
    expect(list.has(origin)).toBe(false);
  });

  it('has null where it is named', () => {
    expect(originList(['null']).has('null')).toBe(true);
  });
});

describe('isOriginEntry()', () => {
  it.each([
    'https://a.example',
    'http://[::1]:3000',
    'capacitor://localhost',
    'null',
    'https://*.a.example',
    'http://*.localhost:3000',
  ])('takes %s', (entry) => expect(isOriginEntry(entry)).toBe(true));

  it.each([
    '*',
    'a.example',
    'https://a.example/',
    'https://a.example:443',
    'https://A.example',
    'https://a.example/path',
    'https://me@a.example',
    'https://*',
    'https://*.com',
    'https://*.0.0.1',
    'https://*a.example',
    'https://a.*.example',
    'https://*.*.example',
    'app://*.a.example',
    'https://bücher.example',
    'https://999.1.1.1',
    '',
    7,
    null,
  ])('refuses %s, which could match nothing or too much', (entry) => {
    expect(isOriginEntry(entry)).toBe(false);
  });
});

describe('isOrigin()', () => {
  it.each([
    'https://a.example\n',
    `https://${'a'.repeat(600)}`,
    'null',
    'https://a.example,https://b.example',
    'https://',
  ])('refuses %j', (text) => {
    expect(isOrigin(text)).toBe(false);
  });
});

describe('meantOrigin()', () => {
  it.each([
    ['https://A.example:443/', 'https://a.example'],
    ['a.example', 'https://a.example'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['http://a.example:8080/path', 'http://a.example:8080'],
  ])('takes %s for %s', (entry, meant) => {
    expect(meantOrigin(entry)).toBe(meant);
  });

  it.each(['https://*.com', 'https://', 5])('has no guess for %j', (entry) => {
    expect(meantOrigin(entry)).toBeUndefined();
  });
});
