import type http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { ClientError, createHttpClient, type HttpClient, type Origin } from '@windhover/http-client';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { reverseProxy } from '../src/index.ts';
import { ask, echo, setUpProxies, startProxy, startUpstream, until } from './proxy-fixtures.ts';

setUpProxies();

describe('reverseProxy() failures', () => {
  it('answers 502 when no upstream can be reached, without naming it', async () => {
    const upstream = await startUpstream(echo);
    upstream.close();
    const front = await startProxy(upstream.origin);
    const { status, text } = await ask(front.url);
    expect([status, text]).toEqual([502, 'Bad Gateway\n']);
  });

  it('takes upstreams in turn and passes over one that is gone, then takes it back', async () => {
    const named =
      (name: string): http.RequestListener =>
      (_request, response) =>
        response.end(name);
    const one = await startUpstream(named('one'));
    const two = await startUpstream(named('two'));
    const { port } = two.address() as AddressInfo;
    const clock = createManualClock();
    const front = await startProxy([one.origin, two.origin], { clock });
    const answers = async (): Promise<string[]> => [(await ask(front.url)).text, (await ask(front.url)).text].sort();
    expect(await answers()).toEqual(['one', 'two']);
    two.closeAllConnections();
    await new Promise((resolve) => two.close(resolve));
    expect(await answers()).toEqual(['one', 'one']);
    await startUpstream(named('two'), port);
    expect(await answers()).toEqual(['one', 'one']); // it rests
    clock.advance(10_000);
    await answers();
    expect(await answers()).toEqual(['one', 'two']);
  });

  it('says once that an upstream is gone, and once that it is back', async () => {
    const one = await startUpstream((_request, response) => response.end('one'));
    const two = await startUpstream((_request, response) => response.end('two'));
    const { port } = two.address() as AddressInfo;
    const said: string[] = [];
    const say = (message: string, facts?: Readonly<Record<string, unknown>>) =>
      void said.push(`${message}: ${facts?.['upstream']}`);
    const log = { debug: say, info: say, warn: say, error: say };
    const clock = createManualClock();
    const front = await startProxy([one.origin, two.origin], { log, clock });
    const askFour = async (): Promise<void> => {
      for (let round = 0; round < 4; round++) await ask(front.url);
    };
    two.closeAllConnections();
    await new Promise((resolve) => two.close(resolve));
    await askFour();
    await startUpstream((_request, response) => response.end('two'), port);
    clock.advance(10_000);
    await askFour();
    expect(said).toEqual([`An upstream cannot be reached: ${two.origin}`, `An upstream is back: ${two.origin}`]);
  });

  it('tells of an upstream that is down once, with its count when it is back, however many ask', async () => {
    const upstream = await startUpstream(echo);
    const { port } = upstream.address() as AddressInfo;
    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
    const own: unknown[] = [];
    const served: unknown[] = [];
    const to = (lines: unknown[]) => (message: string, facts?: Readonly<Record<string, unknown>>) =>
      void lines.push([message, facts?.['failures']]);
    const log = (lines: unknown[]) => ({ debug: () => {}, info: to(lines), warn: to(lines), error: to(lines) });
    const front = await startProxy(upstream.origin, { log: log(own) }, { log: log(served) });
    for (let count = 0; count < 5; count++) expect((await ask(front.url)).status).toBe(502);
    await startUpstream(echo, port);
    expect((await ask(front.url)).status).toBe(200); // the only one is tried although it rests
    expect(own).toEqual([
      ['An upstream cannot be reached', undefined],
      ['An upstream is back', 5],
    ]);
    expect(served).toEqual([]); // only what the proxy has already logged itself
  });

  it('leaves it to the server to tell of an upstream that is down, once, where it has no log of its own', async () => {
    const upstream = await startUpstream(echo);
    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
    const served: string[] = [];
    const say = (message: string): void => void served.push(message);
    const front = await startProxy(upstream.origin, {}, { log: { debug: say, info: say, warn: say, error: say } });
    for (let count = 0; count < 3; count++) expect((await ask(front.url)).status).toBe(502);
    expect(served).toEqual([expect.stringContaining('The upstream could not be reached')]);
  });

  it('lets one request find out whether a resting upstream is back', async () => {
    const clock = createManualClock();
    const one = await startUpstream((_request, response) => response.end('one'));
    const asked: string[] = [];
    const own = createHttpClient({ clock });
    const dead = 'http://127.0.0.1:9';
    const client: HttpClient = {
      ...own,
      request: (origin, request) => {
        const { key } = origin as Origin;
        asked.push(key);
        if (key !== dead) return own.request(origin, request);
        const error = new ClientError('CLIENT_CONNECT_TIMEOUT', key);
        return {
          response: new Promise((_resolve, reject) =>
            setImmediate(() => {
              request.observer?.callFailed?.(error);
              request.observer?.callOver();
              reject(error);
            }),
          ),
          connectedAt: null,
          httpVersion: null,
          abort: () => undefined,
          releaseBody: () => undefined,
        };
      },
    };
    const front = await startProxy([dead, one.origin], { client });
    const four = () => Promise.all([1, 2, 3, 4].map(() => ask(front.url)));
    await ask(front.url);
    asked.length = 0;
    await four();
    expect(asked).not.toContain(dead);
    clock.advance(10_000);
    await four();
    expect(asked.filter((key) => key === dead)).toHaveLength(1);
    own.close();
  });

  it('answers 504 when the head does not come in time', async () => {
    const front = await startProxy((await startUpstream(() => undefined)).origin, { headTimeoutMs: 100 });
    expect((await ask(front.url)).status).toBe(504);
  });

  it('sends a PUT again when its kept connection turns out to be closed, but not a POST', async () => {
    let requests = 0;
    const upstream = await startUpstream((request, response) => {
      requests += 1;
      if (requests % 2 === 0) request.socket.destroy();
      else request.pipe(response);
    });
    const front = await startProxy(upstream.origin);
    await ask(front.url);
    const put = await ask(front.url, { method: 'PUT', body: 'content' });
    expect([put.status, put.text, requests]).toEqual([200, 'content', 3]);
    expect((await ask(front.url, { method: 'POST', body: 'content' })).status).toBe(502);
    expect(requests).toBe(4);
  });

  it('answers 502 when the upstream closes before it answers', async () => {
    const front = await startProxy((await startUpstream((request) => request.socket.destroy())).origin);
    expect((await ask(front.url)).status).toBe(502);
  });

  it.each(['before the head', 'inside the body'])(
    'lets the upstream know when the client goes away %s',
    async (moment) => {
      let gone = false;
      let begun = false;
      const upstream = await startUpstream((request, response) => {
        begun = true;
        request.socket.on('close', () => {
          gone = true;
        });
        if (moment === 'inside the body') response.write('part');
      });
      const front = await startProxy(upstream.origin);
      const socket = net.connect(front.port, '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      if (moment === 'inside the body') await new Promise((resolve) => socket.once('data', resolve));
      await until(() => begun);
      socket.destroy();
      await until(() => gone);
      await until(() => front.outcomes.length === 1);
      expect(front.outcomes[0]).toMatchObject({ end: 'client-closed' });
    },
  );

  it('lets the upstream know when a client goes away inside its upload', async () => {
    let failed = false;
    let begun = false;
    const upstream = await startUpstream((request) => {
      begun = true;
      request.on('error', () => {
        failed = true;
      });
      request.resume();
    });
    const front = await startProxy(upstream.origin);
    const socket = net.connect(front.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\npart');
    await until(() => begun);
    socket.destroy();
    await until(() => failed);
  });

  it.each<[unknown, string]>([
    [{ stripprefix: '/a' }, 'found `stripprefix`. Did you mean `stripPrefix`?'],
    [{ host: 'upstrem' }, `host: expected 'client', 'upstream' or a host such as 'shop.internal', found "upstrem"`],
    [{ keepBodyBytes: -1 }, 'keepBodyBytes: expected a whole number, 0 or more, found -1'],
    [{ tunnelIdleMs: '1h' }, 'tunnelIdleMs: expected milliseconds above 0, or null for no limit, found "1h"'],
    [{ headTimeoutMs: '60s' }, 'headTimeoutMs: expected milliseconds above 0, or null for no limit, found "60s"'],
    [{ log: {} }, 'log: expected an object with debug(), info(), warn(), error(), found {}'],
    [null, 'the options: expected an object, found null'],
  ])('refuses the options %j', (options, message) => {
    expect(() => reverseProxy('http://a', options as never)).toThrow(message);
  });

  it('refuses to be made without an upstream, or with one or a prefix that is not valid', () => {
    const bad = { stripPrefix: 'api' };
    expect(() => reverseProxy('http://a', bad)).toThrow(expect.objectContaining({ code: 'CORE_TARGET_INVALID' }));
    expect(() => reverseProxy([])).toThrow(expect.objectContaining({ code: 'PROXY_NO_UPSTREAM' }));
    expect(() => reverseProxy('localhost:3000')).toThrow(expect.objectContaining({ code: 'CLIENT_ORIGIN_INVALID' }));
  });
});
