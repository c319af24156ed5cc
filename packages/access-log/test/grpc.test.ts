import { once } from 'node:events';
import http2 from 'node:http2';
import { type HttpContext, HttpError } from '@windhover/core';
import { createServer } from '@windhover/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accessLog } from '../src/index.ts';

/** The line of a call of gRPC, in a format of its own. */
async function lineOf(answer: (context: HttpContext) => void, method = 'POST'): Promise<string> {
  const lines: string[] = [];
  const log = accessLog({ to: { write: (line) => void lines.push(line) }, format: '{status} {grpcStatus}' });
  const server = createServer((context) => log(context, async () => answer(context)), { log: silent });
  onTestFinished(() => server.close({ timeoutMs: 0 }));
  const { name } = await server.listen({ host: '127.0.0.1', port: 0 }, { http2: 'prior-knowledge' });
  const session = http2.connect(`http://${name}`);
  onTestFinished(() => session.destroy());
  const stream = session.request({ ':method': method, ':path': '/shop.Shop/Get', 'content-type': 'application/grpc' });
  stream.resume().end();
  await once(stream, 'close');
  await expect.poll(() => lines.length).toBe(1);
  return lines[0]!.trimEnd();
}

const nothing = (): void => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

describe('the access log of calls of gRPC', () => {
  it.each([0, 5])('has the status %d behind a body', async (status) => {
    const line = await lineOf(({ response }) => {
      response.headers.set('Content-Type', 'application/grpc');
      response.body = Buffer.alloc(5);
      response.trailers = () => ({ 'Grpc-Status': String(status) });
    });
    expect(line).toBe(`200 ${status}`);
  });

  it('has the status of an answer without a body', async () => {
    const line = await lineOf(({ response }) => {
      response.status = 200;
      response.headers.assign({ 'Content-Type': 'application/grpc', 'Grpc-Status': '7' });
      response.body = '';
    });
    expect(line).toBe('200 7');
  });

  it('has the status that an error becomes, and that of HTTP', async () => {
    const failing = (): never => {
      throw new HttpError(502, 'TEST', 'down');
    };
    expect(await lineOf(failing)).toBe('502 14');
    expect(await lineOf(failing, 'GET')).toBe('502 -'); // which is no call of gRPC
  });

  it('has none of what is no number', async () => {
    const line = await lineOf(({ response }) => {
      response.headers.set('Content-Type', 'application/grpc');
      response.body = Buffer.alloc(5);
      response.trailers = () => ({ 'Grpc-Status': 'fine' });
    });
    expect(line).toBe('200 -');
  });
});
