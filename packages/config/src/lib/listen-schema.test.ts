import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listenSchema } from './listen-schema.ts';
import { readListenAddresses } from './read-listen-addresses.ts';

const schema = listenSchema({ tls: z.unknown().optional() });

describe('listenSchema()', () => {
  it.each([
    [8080, [{ port: 8080 }]],
    [
      ['*:80', 81],
      [{ port: 80 }, { port: 81 }],
    ],
    [{ port: 443, tls: true }, [{ port: 443 }]],
    [{ port: 80, address: '::1' }, [{ port: 80, host: '::1' }]],
    [{ port: 80, address: '[::1]' }, [{ port: 80, host: '::1' }]],
    [{ port: 80, address: '*' }, [{ port: 80 }]],
    [{ unix: '/run/a.sock', mode: 660 }, [{ path: '/run/a.sock', mode: 0o660 }]],
    [{ unix: '/run/a.sock' }, [{ path: '/run/a.sock' }]],
    [
      [0, 0],
      [{ port: 0 }, { port: 0 }],
    ],
    [
      ['127.0.0.1:80', '[::1]:80'],
      [
        { host: '127.0.0.1', port: 80 },
        { host: '::1', port: 80 },
      ],
    ],
  ])('reads %j', (value, addresses) => {
    expect(schema.parse(value).map(({ address }) => address)).toEqual(addresses);
  });

  it('keeps the options of a listener and its place', () => {
    expect(schema.parse([80, { port: 443, tls: true }])).toMatchObject([
      { index: 0, options: {} },
      { index: 1, options: { tls: true } },
    ]);
    expect(schema.parse({ port: 443, tls: true })[0]!.index).toBeNull();
  });

  it.each([
    [[80, 'x'], [1], /^expected an address such as/],
    [99_999, [], 'expected a port from 0 to 65535'],
    ['*:99999', [], 'expected a port from 0 to 65535'],
    [[8080, '127.0.0.1:8080'], [1], 'expected addresses that can be open at the same time'],
    [{ port: 80, unix: '/x' }, [], 'expected either `port` or `unix`'],
    [{ tls: true }, [], 'expected either `port` or `unix`'],
    [{ port: 80, mode: 660 }, ['mode'], 'expected `mode` beside `unix` only'],
    [{ unix: '/x', address: '::1' }, ['address'], 'expected `address` beside `port` only'],
    [{ unix: '/x', mode: 999 }, ['mode'], /^expected permissions/],
    [{ port: 80, address: 'localhost:80' }, ['address'], /^expected a name or address/],
  ])('says what is wrong with %j', (value, path, message) => {
    const { error } = schema.safeParse(value);
    expect(error?.issues).toMatchObject([
      { path, message: typeof message === 'string' ? message : expect.stringMatching(message) },
    ]);
  });
});

describe('readListenAddresses()', () => {
  it('reads the addresses, whatever options stand beside them', () => {
    expect(readListenAddresses([8080, { port: 443, address: 'localhost', tls: {} }])).toEqual([
      { port: 8080 },
      { port: 443, host: 'localhost' },
    ]);
    expect(readListenAddresses({ port: 443, tls: true })).toEqual([{ port: 443 }]);
  });

  it('takes a port that came from the environment, which is a text', () => {
    expect(readListenAddresses(['8080', { port: '443', tls: true }])).toEqual([{ port: 8080 }, { port: 443 }]);
  });

  it.each([[[]], [{ port: 'http' }], [{ port: '70000' }], [null], [{ tls: true }]])('returns null for %j', (listen) => {
    expect(readListenAddresses(listen)).toBeNull();
  });
});
