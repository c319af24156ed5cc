import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTls, listen } from '@windhover/transport';
import { writeLocalhostCertificate } from '@windhover/transport/testing';
import { describe, expect, it } from 'vitest';
import { createServer } from '../src/index.ts';

const handler = (): void => undefined;

describe('misuse', () => {
  it('refuses options that it does not know, with those it does', async () => {
    expect(() => createServer(handler, { limts: {} } as never)).toThrow(
      'createServer(): expected `limits`, `log`, `clock`, `wheel`, `halfClose` or `onProtocolError`, found `limts`. Did you mean `limits`?',
    );
    const server = createServer(handler);
    await expect(server.close({ timoutMs: 1 } as never)).rejects.toMatchObject({
      code: 'SERVER_OPTION_INVALID',
      message: expect.stringMatching(
        /close\(\): expected `drainDelayMs`, .*, found `timoutMs`\. Did you mean `timeoutMs`\?/,
      ),
    });
    expect(server.stopping.aborted).toBe(false);
    await server.close();
  });

  it.each<[object, string]>([
    [{ limits: 5 }, 'limits: expected an object, found a number'],
    [{ log: {} }, 'log: expected an object with debug(), info(), warn(), error(), found {}'],
    [{ clock: 5 }, 'clock: expected an object with now(), schedule(), found a number'],
    [{ wheel: {} }, 'wheel: expected what createTimerWheel() makes, found {}'],
    [{ halfClose: true }, "halfClose: expected 'abort' or 'allow', found true"],
    [{ onProtocolError: 'log' }, 'onProtocolError: expected a function, found a string'],
    [{ limits: { maxConnection: 1 } }, 'found `maxConnection`. Did you mean `maxConnections`?'],
    [
      { limits: { maxConnections: 0 } },
      'maxConnections: expected a whole number, 1 or more, or null for no limit, found 0',
    ],
    [
      { limits: { maxLingerBytes: -1 } },
      'maxLingerBytes: expected a whole number, 0 or more, or null for no limit, found -1',
    ],
  ])('refuses %j', (options, said) => {
    expect(() => createServer(handler, options as never)).toThrow(said);
  });

  it('refuses what are no options at all', () => {
    expect(() => createServer(handler, null as never)).toThrow(
      'createServer(): the options: expected an object, found null',
    );
  });

  it.each([Number.POSITIVE_INFINITY, Number.NaN, -1, '5', null])('refuses to close within %s ms', async (timeoutMs) => {
    const server = createServer(handler);
    await expect(server.close({ timeoutMs } as never)).rejects.toMatchObject({
      code: 'SERVER_OPTION_INVALID',
      message: expect.stringContaining('timeoutMs: expected milliseconds from 0 on, found'),
    });
    expect(server.stopping.aborted).toBe(false);
  });

  it('takes 0 where that forbids a thing altogether', () => {
    const limits = {
      maxTrailerCount: 0,
      maxLeadingEmptyLines: 0,
      maxChunkExtensionBytes: 0,
      maxDiscardedBytes: 0,
      maxLingerBytes: 0,
    };
    expect(() => createServer(handler, { limits })).not.toThrow();
  });

  it('quotes a text that should be a number', () => {
    expect(() => createServer(handler, { limits: { maxRequestBodyBytes: '1' } } as never)).toThrow(
      'maxRequestBodyBytes: expected a whole number, 0 or more, or null for no limit, found "1"',
    );
  });

  it('says what a body is, and what a status', async () => {
    const said: string[] = [];
    const say = (message: string, facts?: { error?: Error }): void => void said.push(facts?.error?.message ?? message);
    const log = { debug: handler, info: handler, warn: say, error: say };
    const answers: ((response: { status: unknown; body: unknown }) => void)[] = [
      (response) => (response.status = '200'),
      (response) => (response.body = 42),
      (response) => (response.body = undefined),
      (response) => (response.body = { a: 1 }),
      (response) => {
        response.body = (async function* () {
          yield 42;
        })();
      },
    ];
    for (const answer of answers) {
      const server = createServer(({ response }) => answer(response as never), { log: log as never });
      const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
      await fetch(`http://${name}/`)
        .then((each) => each.text())
        .catch(() => undefined); // the last one is cut
      await server.close();
    }
    expect(said).toEqual([
      expect.stringContaining('the status is "200", expected a whole number'),
      expect.stringContaining('the body is of type number, expected text'),
      expect.stringContaining('the body is of type undefined, expected text'),
      expect.stringContaining('the body is an object (Object), expected text, bytes, a stream or null (JSON needs'),
      expect.stringContaining('A body may yield text and Uint8Arrays only: got number'),
    ]);
  });

  it.each<[unknown, string]>([
    [{ middleware: () => undefined }, 'middleware: expected a list of functions, found a function'],
    [{ middleware: 5 }, 'middleware: expected a list of functions, found a number'],
    [{ middleware: null }, 'middleware: expected a list of functions, found null'],
    [{ middleware: ['log'] }, 'middleware[0]: expected a function, found a string'],
    [null, 'the options: expected an object, found null'],
    ['tls', 'the options: expected an object, found a string'],
    [[], 'the options: expected an object, found an Array'],
    [{ tls: null }, 'tls: expected what await createTls(…) makes, found null. Without TLS leave it out'],
    [
      { tls: Promise.resolve({}) },
      'tls: expected what await createTls(…) makes, found a Promise. Did you forget `await`',
    ],
    [{ backlog: 0 }, 'backlog: expected a whole number'],
    [{ driver: 'fast' }, "driver: expected 'borrow' or 'data'"],
    [{ onAcceptError: 'log' }, 'onAcceptError: expected a function'],
    [{ tsl: {} }, 'tsl'],
  ])('refuses to listen with %j, with and without limits', async (options, said) => {
    for (const limits of [{}, { maxConnections: 5 }]) {
      const server = createServer(handler, { limits });
      const listening = server.listen({ host: '127.0.0.1', port: 0 }, options as never);
      const error = await listening.catch((reason) => reason);
      expect(error).toMatchObject({ code: 'TRANSPORT_BAD_OPTION', message: expect.stringContaining(said) });
      expect(server.isReady).toBe(false);
    }
  });

  it('refuses TLS that offers a protocol which it does not speak', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'windhover-alpn-'));
    const certificate = await writeLocalhostCertificate(folder);
    const server = createServer(handler);
    const listen = async (alpnProtocols: string[]) =>
      server.listen({ host: '127.0.0.1', port: 0 }, { tls: await createTls({ certificate, alpnProtocols }) });
    await expect(listen(['ftp', 'http/1.1'])).rejects.toMatchObject({
      code: 'SERVER_OPTION_INVALID',
      message: expect.stringContaining(
        'tls offers ftp (alpnProtocols of createTls()), which this server does not speak',
      ),
    });
    await listen(['h2', 'http/1.1', 'http/1.0']);
    expect(server.isReady).toBe(true);
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('has no limit for what a server never reads', () => {
    expect(() => createServer(handler, { limits: { maxInformational: 5 } } as never)).toThrow(
      'expected `maxConnections`, ',
    );
  });

  it('says how an address and a certificate are written', async () => {
    await expect(listen({ hostname: '127.0.0.1', port: 0 } as never, handler)).rejects.toMatchObject({
      code: 'TRANSPORT_ADDRESS_INVALID',
      message: expect.stringContaining('expected { port, host?'),
    });
    await expect(createTls({ cert: '/x' } as never)).rejects.toThrow('found `cert`');
    await expect(createTls({} as never)).rejects.toThrow('certificate: expected { certFile, keyFile }, two paths');
  });
});
