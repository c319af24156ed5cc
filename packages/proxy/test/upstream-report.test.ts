import net, { type AddressInfo } from 'node:net';
import { compose, type HttpContext, type Middleware } from '@windhover/core';
import { createServer } from '@windhover/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ReverseProxyOptions, reverseProxy, type UpstreamReport, upstreamKey } from '../src/index.ts';
import { ask, echo, setUpProxies, startUpstream, until } from './proxy-fixtures.ts';

setUpProxies();

interface Reported {
  readonly url: string;
  /** The report of each request, once it was over, as logs and metrics get it. */
  readonly reports: UpstreamReport[];
}

async function start(upstreams: string | string[], options: ReverseProxyOptions = {}): Promise<Reported> {
  const proxy = reverseProxy(upstreams, options);
  const reports: UpstreamReport[] = [];
  const observe: Middleware<HttpContext> = (context, next) => {
    context.onSent(() => {
      const { name, address, attempts, startedAt, connectedAt, headAt, failure, httpVersion } =
        context.get(upstreamKey)!;
      reports.push({ name, address, attempts, startedAt, connectedAt, headAt, failure, httpVersion });
    });
    return next(context);
  };
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const server = createServer(compose([observe], proxy), { log: silent });
  const listener = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    proxy.close();
    await server.close({ timeoutMs: 1 });
  });
  return { url: `http://${listener.name}`, reports };
}

/** A TCP server that does what the test says with each connection. */
async function startRaw(listener: (socket: net.Socket) => void): Promise<string> {
  const server = net.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the report about the upstream', () => {
  it('has name, address and times; a kept connection was made by nobody', async () => {
    const upstream = await startUpstream(echo);
    const { url, reports } = await start(upstream.origin, { name: 'shop' });
    await ask(url);
    await ask(url);
    await until(() => reports.length === 2);
    const [first, second] = reports as [UpstreamReport, UpstreamReport];
    expect(first).toMatchObject({
      name: 'shop',
      address: upstream.origin,
      attempts: 1,
      httpVersion: '1.1',
      failure: null,
    });
    expect(first.connectedAt).toBeGreaterThanOrEqual(first.startedAt);
    expect(first.headAt).toBeGreaterThanOrEqual(first.connectedAt!);
    expect(second.connectedAt).toBeNull();
    expect(second.headAt).toBeGreaterThanOrEqual(second.startedAt);
  });

  it('is about the last of several upstreams that were tried', async () => {
    const gone = await startUpstream(echo);
    gone.close();
    const upstream = await startUpstream(echo);
    const { url, reports } = await start([gone.origin, upstream.origin]);
    await ask(url);
    await until(() => reports.length === 1);
    expect(reports[0]).toMatchObject({ name: upstream.origin, attempts: 2, failure: null });
  });

  it('says that no upstream could be reached', async () => {
    const gone = await startUpstream(echo);
    gone.close();
    const { url, reports } = await start(gone.origin);
    expect((await ask(url)).status).toBe(502);
    await until(() => reports.length === 1);
    expect(reports[0]).toMatchObject({
      attempts: 1,
      connectedAt: null,
      headAt: null,
      httpVersion: null,
      failure: 'connect',
    });
  });

  it.each([
    ['reset', (socket: net.Socket): void => void socket.once('data', () => void socket.destroy()), {}],
    [
      'bad-response',
      (socket: net.Socket): void => void socket.once('data', () => void socket.end('nonsense\r\n\r\n')),
      {},
    ],
    ['response-timeout', (): void => undefined, { headTimeoutMs: 50 }],
  ] as const)('says how it failed: %s', async (failure, listener, options) => {
    const { url, reports } = await start(await startRaw(listener), options);
    await ask(url);
    await until(() => reports.length === 1);
    expect(reports[0]).toMatchObject({ failure, headAt: null });
    expect(reports[0]!.connectedAt).not.toBeNull();
  });

  it('blames no upstream for a client that leaves', async () => {
    let hasCome = false;
    const { url, reports } = await start(await startRaw(() => void (hasCome = true)));
    const client = net.connect(Number(new URL(url).port), '127.0.0.1', () =>
      client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    );
    await until(() => hasCome);
    client.destroy();
    await until(() => reports.length === 1);
    expect(reports[0]).toMatchObject({ failure: null, headAt: null });
  });
});
