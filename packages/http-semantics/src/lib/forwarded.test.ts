import { describe, expect, it } from 'vitest';
import { type ForwardedElement, formatForwarded, parseForwarded } from './forwarded.ts';

const ip = (name: string, port: number | string | null = null) => ({ kind: 'ip', name, port }) as const;

describe('parseForwarded()', () => {
  it.each<[string, (ForwardedElement | null)[]]>([
    ['', []],
    ['for=192.0.2.60;proto=http;by=203.0.113.43', [{ for: ip('192.0.2.60'), proto: 'http', by: ip('203.0.113.43') }]],
    ['For="[2001:DB8:cafe::17]:4711"', [{ for: ip('2001:db8:cafe::17', 4711) }]],
    [
      'for="[::1]", for="192.0.2.1:80";host="Example.com:8443"',
      [{ for: ip('::1') }, { for: ip('192.0.2.1', 80), host: 'example.com:8443' }],
    ],
    [
      'for=unknown, for="_gazonk", for="_SEVKISEK:_p", for="Unknown:1"',
      [
        { for: { kind: 'unknown', name: 'unknown', port: null } },
        { for: { kind: 'obfuscated', name: '_gazonk', port: null } },
        { for: { kind: 'obfuscated', name: '_SEVKISEK', port: '_p' } },
        { for: { kind: 'unknown', name: 'unknown', port: 1 } },
      ],
    ],
    ['proto=HTTPS; secret="a,b;c"', [{ proto: 'https', extensions: new Map([['secret', 'a,b;c']]) }]],
  ])('reads %j (RFC 7239 §4)', (value, expected) => expect(parseForwarded(value)).toEqual(expected));

  it.each([
    'for=::1',
    'for="::1"',
    'for="[::1"',
    'for="[192.0.2.1]"',
    'for=192.0.2.256',
    'for="192.0.2.1:99999"',
    'for="192.0.2.1:"',
    'for=192.0.2.1:80',
    'for=',
    'for',
    'for=example.com',
    'for=_',
    'for=192.0.2.1;for=192.0.2.2',
    'proto="ht tp"',
    'host="a/b"',
    'host="a:99999"',
    'for="192.0.2.1',
    'for=192.0.2.1 x',
    ';',
  ])('keeps a null in the place of %j', (element) => {
    expect(parseForwarded(`for=192.0.2.7, ${element}`)).toEqual([{ for: ip('192.0.2.7') }, null]);
  });

  it('does not let an open quote of the client hide what a proxy appended', () => {
    expect(parseForwarded('for="192.0.2.1, for=198.51.100.7').at(-1)).toBeNull();
    expect(parseForwarded('for="192.0.2.1, for="[2001:db8::1]"').at(-1)).toBeNull();
  });
});

describe('formatForwarded()', () => {
  it('writes what parseForwarded() reads back, quoting where the grammar asks for it', () => {
    const elements: ForwardedElement[] = [
      { for: ip('2001:db8::1', 80), by: ip('192.0.2.1'), host: 'example.com:80', proto: 'https' },
      { for: { kind: 'obfuscated', name: '_a', port: '_b' }, extensions: new Map([['x', 'a b']]) },
      { for: { kind: 'unknown', name: 'unknown', port: null } },
    ];
    const text = formatForwarded(elements);
    expect(text).toBe(
      'for="[2001:db8::1]:80";by=192.0.2.1;host="example.com:80";proto=https, for="_a:_b";x="a b", for=unknown',
    );
    expect(parseForwarded(text)).toEqual(elements);
  });

  it.each<ForwardedElement>([
    {},
    { for: ip('nowhere') },
    { for: ip('192.0.2.1', 65536) },
    { for: { kind: 'obfuscated', name: 'a', port: null } },
    { for: { kind: 'unknown', name: 'a"b', port: null } },
    { host: 'a"\r\nb' },
    { proto: 'a b' },
    { extensions: new Map([['For', '192.0.2.1']]) },
  ])('throws for %j', (element) => {
    expect(() => formatForwarded([element])).toThrow(expect.objectContaining({ code: 'SEMANTICS_INVALID_FORWARDED' }));
  });
});
