import http from 'node:http';
import { createManualClock } from '@windhover/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createUpstreams, reverseProxy, type Upstreams, type UpstreamsOptions } from '../src/index.ts';
import { ask, setUpProxies, startHandler, startUpstream } from './proxy-fixtures.ts';

setUpProxies();

const groups: Upstreams[] = [];
afterEach(() => {
  for (const group of groups.splice(0)) group.close();
});

const quiet = { debug: () => undefined, error: () => undefined };

/** An upstream that holds the answers to warm-ups until `release`, and tells what it was asked for. */
async function start(options: UpstreamsOptions, answer?: http.RequestListener) {
  const asked: string[] = [];
  const held: (() => void)[] = [];
  const upstream = await startUpstream(
    answer ??
      ((request, response) => {
        asked.push(request.url!);
        if (request.url!.startsWith('/warm')) held.push(() => response.end('warm'));
        else response.end('answer');
      }),
  );
  const said: string[] = [];
  const clock = createManualClock();
  const note = (message: string): void => void said.push(message);
  const upstreams = createUpstreams(upstream.origin, { clock, log: { ...quiet, info: note, warn: note }, ...options });
  groups.push(upstreams);
  const front = await startHandler(reverseProxy(upstreams));
  const state = (): string => upstreams.summary[0]!.state;
  return { upstreams, upstream, front, asked, held, said, clock, state };
}

describe('warm-up', () => {
  it('asks for each path in turn; the upstream is available after the last answer', async () => {
    const { upstreams, asked, held, said, state } = await start({ warmUp: { paths: ['/warm/1', '/warm/2'] } });
    expect([state(), upstreams.isWarmingUp]).toEqual(['up', false]);
    void upstreams.start();
    expect([state(), upstreams.isWarmingUp]).toEqual(['warming', true]);
    await expect.poll(() => held.length).toBe(1);
    held[0]!();
    await expect.poll(() => held.length).toBe(2);
    expect(state()).toBe('warming');
    held[1]!();
    await expect.poll(state).toBe('up');
    expect([asked, upstreams.isWarmingUp]).toEqual([['/warm/1', '/warm/2'], false]);
    expect(said).toEqual(['An upstream is warmed up']);
  });

  it('sends requests to a warm one meanwhile, and to a cold one rather than to none', async () => {
    const warm = await startUpstream((_request, response) => response.end('warm one'));
    const { upstreams, upstream, front, held } = await start({ warmUp: { paths: ['/warm'] } });
    void upstreams.start();
    await expect.poll(() => held.length).toBe(1);
    expect((await ask(front.url)).text).toBe('answer');
    upstreams.setServers([upstream.origin, warm.origin]);
    await expect.poll(() => upstreams.summary[1]!.state).toBe('up');
    for (let round = 0; round < 4; round++) expect((await ask(front.url)).text).toBe('warm one');
  });

  it('is over after its time, and says so', async () => {
    const { upstreams, held, said, clock, state } = await start({ warmUp: { paths: ['/warm'], timeoutMs: 5000 } });
    void upstreams.start();
    await expect.poll(() => held.length).toBe(1);
    clock.advance(6000);
    await expect.poll(state).toBe('up');
    expect(said).toEqual(['An upstream gets requests although it is not warmed up']);
  });

  it('tells of an error, and goes on', async () => {
    const { upstreams, said, state } = await start({ warmUp: { paths: ['/a', '/b'] } }, (request, response) => {
      response.writeHead(request.url === '/a' ? 500 : 200).end();
    });
    void upstreams.start();
    await expect.poll(state).toBe('up');
    expect(said).toEqual(['A request to warm an upstream up failed', 'An upstream is warmed up']);
  });

  it('is done again for one that was away', async () => {
    const { upstreams, upstream, front, asked, clock, state } = await start(
      { warmUp: { paths: ['/warm'] } },
      (_request, response) => response.end('answer'),
    );
    void upstreams.start();
    await expect.poll(state).toBe('up');
    const port = Number(new URL(upstream.origin).port);
    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
    expect((await ask(front.url)).status).toBe(502);
    expect(state()).toBe('unreachable');
    const back = http.createServer((request, response) => {
      asked.push(request.url!);
      response.end('back');
    });
    await new Promise<void>((resolve) => back.listen(port, '127.0.0.1', resolve));
    await expect
      .poll(() => {
        clock.advance(1100);
        return state();
      })
      .toBe('up');
    expect(asked).toEqual(['/warm']);
    expect((await ask(front.url)).text).toBe('back');
    back.closeAllConnections();
    await new Promise((resolve) => back.close(resolve));
  });

  it.each([
    [{ paths: 'a' }, /warmUp\.paths: expected a list of paths/],
    [{ paths: ['a'] }, /warmUp\.paths\[0\]: expected a path that begins with \//],
    [{ paths: ['/'], timeoutMs: 0 }, /warmUp\.timeoutMs/],
  ])('refuses %j', (warmUp, message) => {
    expect(() => createUpstreams('http://a', { warmUp: warmUp as never })).toThrow(message);
  });
});
