import { describe, expect, it } from 'vitest';
import { canonicalHost } from './canonical-host.ts';

const read = (value: string): unknown => {
  try {
    const { host, port } = canonicalHost(value);
    return [host, port];
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('canonicalHost()', () => {
  it.each([
    ['example.com', 'example.com', null],
    ['EXAMPLE.Com', 'example.com', null],
    ['example.com.', 'example.com', null],
    ['Example.COM.:8080', 'example.com', 8080],
    ['example.com:', 'example.com', null],
    ['example.com:0', 'example.com', 0],
    ['example.com:65535', 'example.com', 65_535],
    ['localhost', 'localhost', null],
    ['my_service~1-a', 'my_service~1-a', null],
    ['192.0.2.1:80', '192.0.2.1', 80],
    ['[::1]', '[::1]', null],
    ['[2001:DB8::1]:443', '[2001:db8::1]', 443],
    ['[::]', '[::]', null],
    ['[1:2:3:4:5:6:7:8]', '[1:2:3:4:5:6:7:8]', null],
    ['[::ffff:192.0.2.1]', '[::ffff:192.0.2.1]', null],
    ['a,b', 'a,b', null],
    ["A!$&'()*+,;=b:80", "a!$&'()*+,;=b", 80],
    ['a%2eb', 'a.b', null],
    ['%41%2D%5f%7E', 'a-_~', null],
    ['a%2Cb', 'a%2cb', null],
    ['ex%C3%A4mple.com%2e', 'ex%c3%a4mple.com', null],
    ['', '', null],
  ])('%j → %j, port %j', (value, host, port) => {
    expect(read(value)).toEqual([host, port]);
    expect(read(value)).toEqual([host, port]); // remembered
  });

  it.each([
    '.',
    '..',
    '.example.com',
    'example..com',
    'example.com..',
    'example.com:65536',
    'example.com:123456',
    'example.com:-1',
    'example.com:8o',
    'example.com:80:80',
    ':80',
    'user@example.com',
    'user:pass@example.com:80',
    'a b',
    ' example.com',
    'example.com ',
    'a/b',
    'a?b',
    'a#b',
    'a\\b',
    'a%2e.b',
    '%2e',
    'a%2e%2e',
    'a%',
    'a%4',
    'a%zz',
    'a%00b',
    'a%0d%0ab',
    'a%20b',
    'a%2fb',
    'a%5cb',
    'a%3a80',
    'a%40b',
    'a%25b',
    'a%5bb',
    'a%7fb',
    'a"b',
    'a|b',
    'a\0b',
    'a\r\nb',
    'example.com\n',
    'exämple.com',
    'example\u3002com',
    '::1',
    '[::1',
    '[]',
    '[:::]',
    '[1:2:3:4:5:6:7]',
    '[1:2:3:4:5:6:7:8:9]',
    '[1::2::3]',
    '[1:2:3:4:5:6:7::8]',
    '[12345::]',
    '[::1.2.3.256]',
    '[::01.2.3.4]',
    '[1.2.3.4::]',
    '[1.2.3.4]',
    '[::1.2.3.4:5]',
    '[fe80::1%25eth0]',
    '[v1.a]',
    '[::1]x',
    '[::1].',
  ])('refuses %j', (value) => {
    expect(read(value)).toBe('CORE_HOST_INVALID');
  });

  it('remembers the last name only as long as it is the last', () => {
    expect(read('a:1')).toEqual(['a', 1]);
    expect(read('bad host')).toBe('CORE_HOST_INVALID');
    expect(read('a:1')).toEqual(['a', 1]);
    expect(read('b')).toEqual(['b', null]);
    expect(read('')).toEqual(['', null]);
    expect(read('a:1')).toEqual(['a', 1]);
    expect(read('bad host')).toBe('CORE_HOST_INVALID');
  });
});
