import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { curl, startServer, temporaryFolder } from './front-server-fixtures.ts';

const config = `
sites:
  demo:
    hosts: [localhost, "*.demo.test"]
    routes:
      - path: /
        static: { root: ./public }
      - path: /assets
        static: { root: ./other }
      - path: /healthz
        respond: { status: 200, body: "ok\\n" }
`;

async function start(extra = ''): ReturnType<typeof startServer> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'public'));
  await mkdir(join(folder, 'other'));
  await writeFile(join(folder, 'public/hello.txt'), 'Hello from a file');
  await writeFile(join(folder, 'other/a.css'), 'a {}');
  return startServer(`${extra}${config}`, folder);
}

const host = ['-H', 'Host: localhost'];

describe('static files', () => {
  it('serves a file, a part of it, and 304 to who has it already', async () => {
    const { url } = await start();
    const whole = await curl(...host, `${url}/hello.txt`);
    expect(whole).toMatchObject({ status: 200, body: 'Hello from a file' });
    expect(whole.head).toContain('content-type: text/plain');
    const etag = /^etag: (.*)$/m.exec(whole.head)![1]!.trim();
    expect(await curl(...host, '-H', 'Range: bytes=6-9', `${url}/hello.txt`)).toMatchObject({
      status: 206,
      body: 'from',
    });
    const outside = await curl(...host, '-H', 'Range: bytes=100-', `${url}/hello.txt`);
    expect(outside.status).toBe(416);
    expect(outside.head).toContain('content-range: bytes */17');
    expect(await curl(...host, '-H', `If-None-Match: ${etag}`, `${url}/hello.txt`)).toMatchObject({
      status: 304,
      body: '',
    });
  });

  it('looks up below the root what follows the path of the route', async () => {
    const { url } = await start();
    expect(await curl(...host, `${url}/assets/a.css`)).toMatchObject({ status: 200, body: 'a {}' });
    expect((await curl(...host, `${url}/a.css`)).status).toBe(404);
    expect((await curl(...host, '--path-as-is', `${url}/assets/%2e%2e/hello.txt`)).body).toBe('Hello from a file');
    expect((await curl(...host, '--path-as-is', `${url}/assets/..%2f..%2fhello.txt`)).status).toBe(400);
  });

  it('answers 405 to other methods', async () => {
    const { url } = await start();
    const answer = await curl(...host, '-X', 'DELETE', `${url}/hello.txt`);
    expect(answer.status).toBe(405);
    expect(answer.head).toContain('allow: GET, HEAD');
  });
});

describe('error pages', () => {
  it.each([
    ['text/html', 'text/html; charset=utf-8', '<title>404 Not Found</title>'],
    ['application/json', 'application/problem+json', '"status":404'],
    ['*/*', 'text/plain; charset=utf-8', '404 Not Found'],
  ])('have the form that was asked for: %s', async (accept, type, part) => {
    const { url } = await start();
    for (const path of ['/gone.txt', '/assets/gone']) {
      const { status, head, body } = await curl(...host, '-H', `Accept: ${accept}`, url + path);
      expect([status, body]).toEqual([404, expect.stringContaining(part)]);
      expect(head).toContain(`content-type: ${type}`);
    }
  });
});

describe('sites', () => {
  it('answers 421 for a host that nobody names, and for HTTP/1.0 without one', async () => {
    const { url } = await start();
    expect(await curl('-H', 'Host: other.test', `${url}/healthz`)).toMatchObject({
      status: 421,
      body: 'No site is configured for this host.\n',
    });
    expect((await curl('--http1.0', '-H', 'Host:', `${url}/healthz`)).status).toBe(421);
    expect((await curl('-H', 'Host: a.b.demo.test', `${url}/healthz`)).body).toBe('ok\n');
  });

  it('sends them to the default site where one is named', async () => {
    const { url } = await start('defaultSite: demo\n');
    expect((await curl('-H', 'Host: other.test', `${url}/healthz`)).body).toBe('ok\n');
    expect((await curl('--http1.0', '-H', 'Host:', `${url}/healthz`)).body).toBe('ok\n');
  });
});

describe('the logs', () => {
  it('have a line for each request, and one for what was no request', async () => {
    const { url, accessLines, logLines, server } = await start();
    await curl(...host, `${url}/healthz?token=secret`);
    await curl('-H', 'Host: a b', `${url}/`);
    await server.stop();
    expect(accessLines).toEqual([expect.stringMatching(/^\S+Z 127\.0\.0\.1 GET localhost\/healthz 200 3 [\d.]+ms\n$/)]);
    expect(logLines).toEqual([
      expect.stringMatching(/^\S+Z info .*\(client=127\.0\.0\.1, code=HTTP1_BAD_HOST, answered=400\)\n$/),
    ]);
  });

  it('have no access lines when they are off', async () => {
    const { url, accessLines, server } = await start('accessLog: off\n');
    expect((await curl(...host, `${url}/healthz`)).body).toBe('ok\n');
    await server.stop();
    expect(accessLines).toEqual([]);
  });
});
