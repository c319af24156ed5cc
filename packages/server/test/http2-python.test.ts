import { fileURLToPath } from 'node:url';
import { toPushBody } from '@windhover/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPythonModule, systemPython } from '../../../scripts/lib/peer.ts';
import { createServer } from '../src/index.ts';
import { run } from './peer-fixtures.ts';

interface Seen {
  readonly status: number | null;
  readonly body: string | number;
  readonly trailers: Readonly<Record<string, string>>;
  readonly interim: readonly number[];
  readonly end: string | null;
}

const program = fileURLToPath(new URL('http2-client.py', import.meta.url));
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe.skipIf(!hasPythonModule('h2'))('the client of Python’s h2', () => {
  const aborted: string[] = [];

  /** What the client has seen, by stream. */
  async function runScenario(scenario: string): Promise<readonly Seen[]> {
    const server = createServer(
      async (context) => {
        const { request, response } = context;
        if (request.path === '/echo') response.body = toPushBody(request.body);
        else if (request.path === '/trailers') {
          const text = await request.body.text();
          response.body = toPushBody(content(`${text} ${request.body.trailers?.get('x-sum')}`));
          response.trailers = () => ({ 'X-Sum': '42' });
        } else if (request.path === '/held' || request.path === '/cut') {
          context.onAbort(() => aborted.push(request.path));
          response.body = toPushBody(held(request.path === '/cut'));
        } else response.body = request.path;
      },
      { log: silent },
    );
    const { name } = await server.listen({ host: '127.0.0.1', port: 0 }, { http2: 'prior-knowledge' });
    onTestFinished(() => server.close({ timeoutMs: 0 }));
    const printed = await run(systemPython, program, String(name.split(':').at(-1)), scenario);
    return Object.values(JSON.parse(printed) as Record<string, Seen>);
  }

  async function* content(text: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
  }

  async function* held(isCut: boolean): AsyncGenerator<Uint8Array> {
    yield Buffer.from('begun');
    if (isCut) throw new Error('the handler failed');
    await new Promise(() => undefined);
  }

  it('gets fifty answers on one connection', async () => {
    const seen = await runScenario('many');
    expect(seen.map(({ status, body, end }) => `${status} ${body} ${end}`)).toEqual(
      Array.from({ length: 50 }, (_, index) => `200 /${index} end`),
    );
  });

  it('sends and gets trailers', async () => {
    const [answer] = await runScenario('trailers');
    expect(answer).toMatchObject({ status: 200, body: 'hello 5', trailers: { 'x-sum': '42' }, end: 'end' });
  });

  it('sends more than any window, and gets it back', async () => {
    const [answer] = await runScenario('large');
    expect(answer).toMatchObject({ status: 200, body: 1_000_000, end: 'end' });
  });

  it('is asked for the body that it holds back', async () => {
    const [answer] = await runScenario('continue');
    expect(answer).toMatchObject({ status: 200, body: 'hello undefined', interim: [100], end: 'end' });
  });

  it('resets a stream, which the handler hears, and the next is answered', async () => {
    const [, next] = await runScenario('reset');
    expect(next).toMatchObject({ status: 200, body: '/after', end: 'end' });
    expect(aborted).toEqual(['/held']);
  });

  it('is told by RST_STREAM that an answer is cut off, and others go on', async () => {
    const [cut, next] = await runScenario('cut');
    expect(cut).toMatchObject({ status: 200, end: 'reset 2' });
    expect(next).toMatchObject({ body: '/after', end: 'end' });
  });

  it('is answered although it takes ten bytes at a time, no header table, and pings', async () => {
    for (const scenario of ['settings', 'ping'])
      expect((await runScenario(scenario))[0]).toMatchObject({ status: 200, body: '/after', end: 'end' });
  });
});
