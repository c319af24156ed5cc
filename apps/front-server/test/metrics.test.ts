import { describe, expect, it } from 'vitest';
import { curl, startServer, startUpstream } from './front-server-fixtures.ts';

describe('metrics', () => {
  it('are served on a listener of their own, by site and route', async () => {
    const { server, url } = await startServer(`
metrics: { listen: 127.0.0.1:0 }
sites:
  shop:
    hosts: shop.example
    routes: [{ path: /items, respond: hello }]
`);
    const operations = `http://${server.operationsListener!.name}`;
    for (let index = 0; index < 3; index++) await curl('-H', 'Host: shop.example', `${url}/items/${index}`);
    await curl('-H', 'Host: shop.example', '-X', 'BREW', `${url}/other`);
    await curl('-H', 'Host: unknown.example', `${url}/`);
    const { status, head, body } = await curl(`${operations}/metrics`);
    expect([status, head]).toEqual([200, expect.stringContaining('content-type: text/plain; version=0.0.4')]);
    const requests = body.split('\n').filter((line) => line.startsWith('windhover_http_requests_total'));
    expect(requests.map((line) => line.slice('windhover_http_requests_total'.length))).toEqual([
      '{site="shop",route="/items",method="GET",status="200"} 3',
      '{site="shop",route="",method="other",status="404"} 1',
      '{site="",route="",method="GET",status="421"} 1',
    ]);
    expect(body).toMatch(/\nwindhover_connections_open [0-9]+\n/);
    expect(body).toMatch(/\nprocess_resident_memory_bytes [0-9]+\n/);
    const open = await curl('-H', 'Accept: application/openmetrics-text; version=1.0.0', `${operations}/metrics`);
    expect(open.body.endsWith('# EOF\n')).toBe(true);
    expect(JSON.parse((await curl(`${operations}/health/ready`)).body)).toEqual({ status: 'ready' });
    expect((await curl('-H', 'Host: shop.example', `${url}/metrics`)).status).toBe(404);
  });

  it('say that the server is not ready while it stops and a request is under way', async () => {
    let release = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      release = resolve;
    });
    let answer = (): void => undefined;
    const upstream = await startUpstream((_request, response) => {
      answer = () => response.end('late');
      release();
    });
    const { server, url } = await startServer(`
metrics: 127.0.0.1:0
sites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${upstream.port}" }] } }
`);
    const operations = `http://${server.operationsListener!.name}`;
    const late = fetch(url).then((response) => response.text());
    await arrived;
    const stopped = server.stop();
    const ready = await curl(`${operations}/health/ready`);
    expect([ready.status, (await curl(`${operations}/health/live`)).status]).toEqual([503, 200]);
    answer();
    expect(await late).toBe('late');
    await stopped;
  });

  it('are not served without the section', async () => {
    const { server } = await startServer('sites: { a: { routes: [{ path: /, respond: a }] } }');
    expect(server.operationsListener).toBeNull();
  });
});
