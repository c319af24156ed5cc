import { expect, it } from 'vitest';
import { readListenAddresses } from './read-listen-addresses.ts';

it.each([
  [8080, [{ port: 8080 }]],
  ['8080', [{ port: 8080 }]],
  [
    ['127.0.0.1:80', { port: 443, tls: { certificate: 5 } }],
    [{ port: 80, host: '127.0.0.1' }, { port: 443 }],
  ],
  [{ unix: '/run/a.sock', mode: 660 }, [{ path: '/run/a.sock', mode: 0o660 }]],
  [[], null],
  [{ port: '80' }, [{ port: 80 }]],
  [{ port: 'http' }, null],
  [{ port: 80, unix: '/a' }, null],
  [true, null],
  ['nowhere', null],
])('reads %j as %j', (listen, addresses) => {
  expect(readListenAddresses(listen)).toEqual(addresses);
});
