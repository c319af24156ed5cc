import { describe, expect, it } from 'vitest';
import { listenSchema, parseListenAddress } from './listen-address.ts';

describe('parseListenAddress()', () => {
  it.each([
    [8080, { port: 8080 }],
    ['0', { port: 0 }],
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['localhost:80', { host: 'localhost', port: 80 }],
    ['[::1]:8080', { host: '::1', port: 8080 }],
    ['*:80', { port: 80 }],
    ['unix:/run/windhover.sock', { path: '/run/windhover.sock' }],
  ])('reads %j', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address);
  });

  it.each(['', 'http', '65536', -1, 80.5, '::1:8080', 'unix:relative', '127.0.0.1:', 'http://localhost:80', '[]:80'])(
    'refuses %j',
    (text) => {
      expect(parseListenAddress(text)).toBeNull();
    },
  );
});

describe('listenSchema', () => {
  it('takes one address as a list of one', () => {
    expect(listenSchema.parse(8080)).toEqual([{ port: 8080 }]);
    expect(listenSchema.parse(['*:80', 81])).toEqual([{ port: 80 }, { port: 81 }]);
  });

  it.each([
    [[8080, '*:8080']],
    [['127.0.0.1:80', '127.0.0.1:80']],
    [['localhost:80', 'LOCALHOST:80']],
    [['unix:/run/a.sock', 'unix:/run/a.sock']],
  ])('refuses the same address twice: %j', (addresses) => {
    const { error } = listenSchema.safeParse(addresses);
    expect(error?.issues).toMatchObject([{ path: [1], message: 'expected every address once' }]);
  });

  it('takes port 0 any number of times, and one port of several addresses', () => {
    expect(listenSchema.parse([0, 0])).toHaveLength(2);
    expect(listenSchema.parse(['127.0.0.1:80', '[::1]:80'])).toHaveLength(2);
  });

  it('names the entry that is wrong', () => {
    expect(listenSchema.safeParse([80, 'x']).error?.issues[0]?.path).toEqual([1]);
  });
});
