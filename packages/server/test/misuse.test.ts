import { createTls, listen } from '@windhover/transport';
import { describe, expect, it } from 'vitest';
import { createServer } from '../src/index.ts';

const handler = (): void => undefined;

describe('misuse', () => {
  it('refuses options that it does not know, with those it does', async () => {
    expect(() => createServer(handler, { limts: {} } as never)).toThrow(
      'createServer() has no limts, but limits, log, clock, wheel, halfClose, onProtocolError',
    );
    const server = createServer(handler);
    await expect(server.close({ timoutMs: 1 } as never)).rejects.toMatchObject({
      code: 'SERVER_OPTION_INVALID',
      message: expect.stringContaining('close() has no timoutMs, but drainDelayMs'),
    });
    expect(server.stopping.aborted).toBe(false);
    await server.close();
  });

  it('quotes a text that should be a number', () => {
    expect(() => createServer(handler, { limits: { maxRequestBodyBytes: '1' } } as never)).toThrow(
      'maxRequestBodyBytes is "1", expected a whole number',
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
      expect.stringContaining('A body gives text and Uint8Arrays: got number'),
    ]);
  });

  it('says how an address and a certificate are written', async () => {
    await expect(listen({ hostname: '127.0.0.1', port: 0 } as never, handler)).rejects.toMatchObject({
      code: 'TRANSPORT_ADDRESS_INVALID',
      message: expect.stringContaining('expected { port, host?'),
    });
    await expect(createTls({ cert: '/x' } as never)).rejects.toThrow('there is no cert, but certificate');
    await expect(createTls({} as never)).rejects.toThrow('certificate: { certFile, keyFile }, two paths, was expected');
  });
});
