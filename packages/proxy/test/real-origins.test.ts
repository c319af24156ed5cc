import net, { type AddressInfo } from 'node:net';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { ask, setUpProxies, startProxy } from './proxy-fixtures.ts';
import { type RealOrigin, startApache } from './real-origins.ts';

setUpProxies();

describe.skipIf(!hasPeer('apache2'))('in front of Apache', () => {
  let apache: RealOrigin;
  beforeAll(async () => {
    apache = await startApache();
  });
  afterAll(() => apache?.stop());

  it('passes files, ranges and validators through', async () => {
    const { url } = await startProxy(apache.origin);
    const whole = await ask(`${url}/file`);
    expect([whole.status, whole.text]).toEqual([200, 'abcdefghij'.repeat(100_000)]);
    const part = await ask(`${url}/file`, { headers: { Range: 'bytes=5-9' } });
    expect([part.status, part.text]).toEqual([206, 'fghij']);
    const unchanged = await ask(`${url}/file`, { headers: { 'If-None-Match': whole.headers.etag! } });
    expect(unchanged.status).toBe(304);
    const head = await ask(`${url}/file`, { method: 'HEAD' });
    expect([head.status, head.headers['content-length']]).toEqual([200, '1000000']);
  });

  it('survives that it closes connections after each third request', async () => {
    const { url } = await startProxy(apache.origin);
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => ask(`${url}/file`, { headers: { Range: 'bytes=0-1' } })),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['206 ab']));
  });

  it('passes its errors on, and bodies that it does not read', async () => {
    const { url } = await startProxy(apache.origin);
    expect((await ask(`${url}/missing`)).status).toBe(404);
    for (const init of [{}, { headers: { Expect: '100-continue' } }])
      expect((await ask(`${url}/file`, { method: 'PUT', body: 'x'.repeat(300_000), ...init })).status).toBe(405);
    expect((await ask(`${url}/file`)).status).toBe(200);
  });
});

describe('in front of Fastify', () => {
  async function startFastify(): Promise<string> {
    const app = fastify();
    app.post('/json', (request) => ({ got: request.body, type: request.headers['content-type'] }));
    app.get('/who', (request) => ({
      host: request.host,
      protocol: request.protocol,
      ip: request.ip,
      ips: request.ips,
    }));
    app.get('/events', (_request, reply) => {
      reply.raw.writeHead(200, { 'Content-Type': 'text/event-stream' });
      reply.raw.write('data: one\n\n');
    });
    app.get('/fails', () => Promise.reject(new Error('no')));
    await app.listen({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => app.close());
    return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  }

  it('passes JSON, errors and answers to OPTIONS and HEAD', async () => {
    const { url } = await startProxy(await startFastify());
    const body = JSON.stringify({ a: 'ä'.repeat(10_000) });
    const answer = await ask(`${url}/json`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    expect(JSON.parse(answer.text)).toEqual({ got: JSON.parse(body), type: 'application/json' });
    const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
    expect((await ask(`${url}/json`, { method: 'POST', body: '{"a"', headers })).status).toBe(400);
    expect((await ask(`${url}/fails`)).status).toBe(500);
    expect((await ask(`${url}/missing`)).status).toBe(404);
    expect((await ask(`${url}/who`, { method: 'HEAD' })).status).toBe(200);
  });

  it('tells it the host, and nothing that the client claims', async () => {
    const { url } = await startProxy(await startFastify());
    const headers = { Host: 'shop.example', 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Host': 'evil.example' };
    expect(JSON.parse((await ask(`${url}/who`, { headers })).text)).toMatchObject({ host: 'shop.example' });
  });

  it('passes events on as they come', async () => {
    const { port } = await startProxy(await startFastify());
    const socket = net.connect(port, '127.0.0.1', () => socket.write('GET /events HTTP/1.1\r\nHost: a\r\n\r\n'));
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    await expect.poll(() => text).toContain('data: one\n\n'); // the answer goes on
  });
});
