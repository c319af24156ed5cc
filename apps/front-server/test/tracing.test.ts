import { expect, it } from 'vitest';
import { curl, startServer, startUpstream } from './front-server-fixtures.ts';

it('a trace is passed on to an upstream, or begun for it', async () => {
  const upstream = await startUpstream(({ headers }, response) => {
    response.end(`${headers['traceparent'] as string} ${headers['tracestate'] as string}`);
  });
  const { url } = await startServer(
    `tracing: true\nsites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${upstream.port}" }] } }`,
  );
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const continued = await curl('-H', `traceparent: ${traceparent}`, '-H', 'tracestate: rojo=1', url);
  expect(continued.body).toBe(`${traceparent} rojo=1`);
  const begun = await curl('-H', 'traceparent: 00-no-trace-00', '-H', 'tracestate: rojo=1', url);
  expect(begun.body).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01 undefined$/);
});
