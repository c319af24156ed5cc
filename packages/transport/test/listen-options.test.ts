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
    ['a misspelt tls', () => ({ tsl: tls }), /there is no tsl, but .*\. Did you mean tls\?/],
    ['a misspelt backlog', () => ({ BackLog: 1 }), /Did you mean backlog\?/],
    ['a name that is like none', () => ({ certificate: 'x' }), /there is no certificate, but [^.]*$/],
    ['a promise as tls', () => ({ tls: Promise.resolve(tls) }), /tls: got a promise\. Did you forget `await` before/],
    ['options of createTls as tls', () => ({ tls: { certificate: 'secret' } }), /tls: await createTls\(…\) makes it/],
    ['null as tls', () => ({ tls: null }), /got null\. Without TLS leave it out/],
    ['false as tls', () => ({ tls: false }), /got a boolean/],
    ['a function as middleware', () => ({ middleware: accept }), /middleware: a list of functions .* got a function/],
    ['a list with something else', () => ({ middleware: [accept, 5] }), /middleware\[1\]: a function .* got a number/],
    ['a backlog of 0', () => ({ backlog: 0 }), /backlog: a whole number from 1 to 2147483647 was expected, got 0/],
    ['a backlog that is a text', () => ({ backlog: '511' }), /backlog: .* got "511"/],
    ['half a backlog', () => ({ backlog: 1.5 }), /backlog/],
    ['a backlog that no system takes', () => ({ backlog: 2 ** 31 }), /backlog/],
    ['a driver there is not', () => ({ driver: 'fast' }), /driver: 'borrow' or 'data' was expected, got "fast"/],
    ['no function as onAcceptError', () => ({ onAcceptError: {} }), /onAcceptError: a function was expected, got \{\}/],
    ['null', () => null, /the options: an object was expected, got null/],
    ['a list', () => [], /the options: an object was expected, got an Array/],
  ])('%s', async (_name, options, text) => {
    const error = await refusal(local, options());
    expect(error).toMatchObject({ code: 'TRANSPORT_BAD_OPTION', message: expect.stringMatching(text) });
    expect(String(error)).not.toContain('secret');
  });

  it('an accept that is no function', async () => {
    const error = await refusal(local, {}, { tls });
    expect(error).toMatchObject({
      code: 'TRANSPORT_BAD_OPTION',
      message: expect.stringContaining('accept: a function'),
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
      /tls is no part of it, but an option: .*\(address, \{ tls \}\)/,
    ],
    ['with a secret in it', () => ({ ...local, key: 'secret' }), /got \{ host, port, key \}/],
    ['that contains itself', () => circular(), /got \{ port, self \}/],
    ['that is a text', () => 'localhost:8080', /expected \{ port, .* got "localhost:8080"/],
    ['whose host is a number', () => ({ host: 5, port: 0 }), /host: an IP address or a name .* got a number/],
    ['whose host is null', () => ({ host: null, port: 0 }), /host: .* got null/],
    ['whose host is empty', () => ({ host: '', port: 0 }), /'' would be every address: leave host out for that/],
    ['with the port in host', () => ({ host: 'localhost:8080', port: 0 }), /the port has its own name/],
    ['with the port after brackets', () => ({ host: '[::1]:8080', port: 0 }), /the port has its own name/],
    ['with a URL as host', () => ({ host: 'http://localhost', port: 0 }), /a host without scheme was expected/],
    ['with a blank in host', () => ({ host: '127.0.0.1 ', port: 0 }), /host: .* got "127\.0\.0\.1 "/],
    ['whose port is a text', () => ({ port: '8080' }), /port: .* got "8080": Number\(…\) makes one of it/],
    ['whose port is missing', () => ({ port: undefined }), /port: a whole number from 0 to 65535 .* got undefined/],
    ['whose ipv6Only is a text', () => ({ port: 0, ipv6Only: 'no' }), /ipv6Only: true or false was expected, got "no"/],
    ['whose path is empty', () => ({ path: '' }), /path: the path of a socket file was expected, got ""/],
    ['whose path is a number', () => ({ path: 5 }), /path: .* got 5/],
    ['whose mode is not octal', () => ({ path: '/run/s', mode: 660 }), /mode: .* 0o660 for instance, got 660/],
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
