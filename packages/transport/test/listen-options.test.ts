import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '@windhover/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTls, type ListenAddress, type Listener, type ListenOptions, listen, type Tls } from '../src/index.ts';
import { writeLocalhostCertificate } from '../src/testing.ts';

const local = { host: '127.0.0.1', port: 0 };
const accept = (connection: Connection): void => connection.destroy();

let folder: string;
let tls: Tls;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'listen-options-'));
  tls = await createTls({ certificate: await writeLocalhostCertificate(folder) });
});

afterAll(() => rm(folder, { recursive: true }));

async function refusal(address: unknown, options?: unknown, handler: unknown = accept): Promise<unknown> {
  const listening = listen(address as ListenAddress, handler as typeof accept, options as ListenOptions);
  return listening.then(
    (listener: Listener) => listener.close().then(() => 'not refused'),
    (error: unknown) => error,
  );
}

describe('listen() refuses options that it would not obey', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['a misspelt tls', () => ({ tsl: tls }), /found `tsl`\. Did you mean `tls`\?/],
    ['a misspelt backlog', () => ({ BackLog: 1 }), /Did you mean `backlog`\?/],
    ['a name that is like none', () => ({ certificate: 'x' }), /found `certificate`$/],
    [
      'a promise as tls',
      () => ({ tls: Promise.resolve(tls) }),
      /tls: expected .*, found a Promise\. Did you forget `await` before/,
    ],
    [
      'options of createTls as tls',
      () => ({ tls: { certificate: 'secret' } }),
      /tls: expected what await createTls\(…\) makes/,
    ],
    ['null as tls', () => ({ tls: null }), /found null\. Without TLS leave it out/],
    ['false as tls', () => ({ tls: false }), /found a boolean/],
    [
      'a function as middleware',
      () => ({ middleware: accept }),
      /middleware: expected a list of functions, found a function/,
    ],
    [
      'a list with something else',
      () => ({ middleware: [accept, 5] }),
      /middleware\[1\]: expected a function, found a number/,
    ],
    ['a backlog of 0', () => ({ backlog: 0 }), /backlog: expected a whole number from 1 to 2147483647, found 0/],
    ['a backlog that is a text', () => ({ backlog: '511' }), /backlog: .* found "511"/],
    ['half a backlog', () => ({ backlog: 1.5 }), /backlog/],
    ['a backlog that no system takes', () => ({ backlog: 2 ** 31 }), /backlog/],
    ['a driver there is not', () => ({ driver: 'fast' }), /driver: expected 'borrow' or 'data', found "fast"/],
    ['no function as onAcceptError', () => ({ onAcceptError: {} }), /onAcceptError: expected a function, found \{\}/],
    ['null', () => null, /the options: expected an object, found null/],
    ['a list', () => [], /the options: expected an object, found an Array/],
  ])('%s', async (_name, options, text) => {
    const error = await refusal(local, options());
    expect(error).toMatchObject({ code: 'TRANSPORT_BAD_OPTION', message: expect.stringMatching(text) });
    expect(String(error)).not.toContain('secret');
  });

  it('an accept that is not a function', async () => {
    const error = await refusal(local, {}, { tls });
    expect(error).toMatchObject({
      code: 'TRANSPORT_BAD_OPTION',
      message: expect.stringContaining('accept: expected a function'),
    });
  });

  it('and takes those that are right, those left undefined too', async () => {
    const onAcceptError = (): void => undefined;
    const options = { backlog: 1, driver: 'data', middleware: [], tls, onAcceptError } as const;
    expect(await refusal(local, options)).toBe('not refused');
    expect(await refusal(local, { tls: undefined, backlog: undefined, middleware: undefined })).toBe('not refused');
  });
});

describe('listen() refuses an address', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'with an option in it',
      () => ({ ...local, tls }),
      /tls is an option, not a part of the address: .*\(address, \{ tls \}\)/,
    ],
    ['with a secret in it', () => ({ ...local, key: 'secret' }), /found \{ host, port, key \}/],
    ['that contains itself', () => circular(), /found \{ port, self \}/],
    ['that is a text', () => 'localhost:8080', /expected \{ port, .* found "localhost:8080"/],
    ['whose host is a number', () => ({ host: 5, port: 0 }), /host: expected an IP address or a name, found a number/],
    ['whose host is null', () => ({ host: null, port: 0 }), /host: .* found null/],
    ['whose host is empty', () => ({ host: '', port: 0 }), /'' would be every address: leave host out for that/],
    ['with the port in host', () => ({ host: 'localhost:8080', port: 0 }), /host: expected a host without port, as in/],
    [
      'with the port after brackets',
      () => ({ host: '[::1]:8080', port: 0 }),
      /host: expected a host without port, as in/,
    ],
    ['with a URL as host', () => ({ host: 'http://localhost', port: 0 }), /expected a host without scheme/],
    ['with a blank in host', () => ({ host: '127.0.0.1 ', port: 0 }), /host: .* found "127\.0\.0\.1 "/],
    ['whose port is a text', () => ({ port: '8080' }), /port: .* found "8080". Convert it with Number\(…\)/],
    [
      'whose port is missing',
      () => ({ port: undefined }),
      /port: expected a whole number from 0 to 65535, found undefined/,
    ],
    ['whose ipv6Only is a text', () => ({ port: 0, ipv6Only: 'no' }), /ipv6Only: expected true or false, found "no"/],
    ['whose path is empty', () => ({ path: '' }), /path: expected the path of a socket file, found ""/],
    ['whose path is a number', () => ({ path: 5 }), /path: .* found 5/],
    ['whose mode is not octal', () => ({ path: '/run/s', mode: 660 }), /mode: .* 0o660 for instance, found 660/],
  ])('%s', async (_name, address, text) => {
    const error = await refusal(address());
    expect(error).toMatchObject({ code: 'TRANSPORT_ADDRESS_INVALID', message: expect.stringMatching(text) });
    expect(String(error)).not.toContain('secret');
  });
});

function circular(): unknown {
  const address: { port: number; self?: unknown } = { port: 0 };
  address.self = address;
  return address;
}
