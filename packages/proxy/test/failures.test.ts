import type http from 'node:http';
import net, { type AddressInfo } from 'node:net';
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
    const front = await startProxy([one.origin, two.origin]);
    const answers = async (): Promise<string[]> => [(await ask(front.url)).text, (await ask(front.url)).text].sort();
    expect(await answers()).toEqual(['one', 'two']);
    two.closeAllConnections();
    await new Promise((resolve) => two.close(resolve));
    expect(await answers()).toEqual(['one', 'one']);
    await startUpstream(named('two'), port);
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
    const front = await startProxy([one.origin, two.origin], { log });
    const askFour = async (): Promise<void> => {
      for (let round = 0; round < 4; round++) await ask(front.url);
    };
    two.closeAllConnections();
    await new Promise((resolve) => two.close(resolve));
    await askFour();
    await startUpstream((_request, response) => response.end('two'), port);
    await askFour();
    expect(said).toEqual([`An upstream cannot be reached: ${two.origin}`, `An upstream is back: ${two.origin}`]);
  });

  it('answers 504 when the head does not come in time', async () => {
    const front = await startProxy((await startUpstream(() => undefined)).origin, { headTimeoutMs: 100 });
    expect((await ask(front.url)).status).toBe(504);
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

  it('refuses to be made without an upstream, or with one or a prefix that is not valid', () => {
    const bad = { stripPrefix: 'api' };
    expect(() => reverseProxy('http://a', bad)).toThrow(expect.objectContaining({ code: 'CORE_TARGET_INVALID' }));
    expect(() => reverseProxy([])).toThrow(expect.objectContaining({ code: 'PROXY_NO_UPSTREAM' }));
    expect(() => reverseProxy('localhost:3000')).toThrow(expect.objectContaining({ code: 'CLIENT_ORIGIN_INVALID' }));
  });
});
