import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { curl, startServer, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

const browser = ['-H', 'Accept: text/html'];

describe('error pages', () => {
  it('are files by status, for a site and for a route', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'nf.html'), 'not here');
    await writeFile(join(folder, 'sorry.html'), 'sorry');
    const { url } = await startServer(
      `
sites:
  a:
    errorPages: { 404: ./nf.html, 5xx: ./sorry.html }
    routes:
      - { path: /a, respond: 404 }
      - { path: /b, respond: 503 }
      - { path: /c, errorPages: { 404: ./sorry.html }, respond: 404 }`,
      folder,
    );
    const bodyOf = async (path: string): Promise<string> => (await curl(...browser, `${url}${path}`)).body;
    expect(await Promise.all(['/a', '/nothing', '/b', '/c'].map(bodyOf))).toEqual([
      'not here',
      'not here',
      'sorry',
      'sorry',
    ]);
    expect(JSON.parse((await curl('-H', 'Accept: application/json', `${url}/b`)).body)).toMatchObject({ status: 503 });
  });
});

describe('a fallback', () => {
  it('asks another upstream when the first one is gone or busy, with the body of the request', async () => {
    const gone = await startUpstream(() => undefined);
    await gone.stop();
    const busy = await startUpstream((_request, response) => void response.writeHead(503).end('busy'));
    const spare = await startUpstream((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => response.end(`spare: ${body}`));
    });
    const route = (path: string, to: number): string =>
      `{ path: ${path}, proxy: "http://127.0.0.1:${to}", fallback: { proxy: "http://127.0.0.1:${spare.port}" } }`;
    const { url } = await startServer(`
sites: { a: { routes: [${route('/gone', gone.port)}, ${route('/busy', busy.port)}] } }`);
    expect((await curl(`${url}/gone`)).body).toBe('spare: ');
    expect((await curl('-d', 'form', `${url}/gone`)).body).toBe('spare: form'); // it was never sent
    expect((await curl(`${url}/busy`)).body).toBe('spare: ');
    expect((await curl('-X', 'PUT', '-d', 'form', `${url}/busy`)).body).toBe('spare: form'); // it was kept
    const post = await curl('-d', 'form', `${url}/busy`);
    expect([post.status, post.body]).toEqual([503, 'busy']); // it may have been acted upon, and is gone
  });

  it('shows a file when an upstream is gone', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'index.html'), 'we are back soon');
    const gone = await startUpstream(() => undefined);
    await gone.stop();
    const { url } = await startServer(
      `sites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${gone.port}", fallback: { static: . } }] } }`,
      folder,
    );
    const page = await curl(`${url}/`);
    expect([page.status, page.body]).toEqual([200, 'we are back soon']);
    expect((await curl(`${url}/other`)).status).toBe(502);
  });
});
