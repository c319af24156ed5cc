import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { appFile, spawnApp, startApp, temporaryFolder } from './app-process.ts';

const text = `
static: ./public.d
requestId: true
errorPages: true
cors: https://app.example
accessLog: true
trustedProxies: loopback
limits: { requestLine: 200B }
stopTimeout: 5s
`;

/** A folder with a configuration and files to serve. */
async function folderOf(config: string): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await temporaryFolder();
  const file = join(folder, 'app.yaml');
  await writeFile(file, config);
  await writeFile(join(folder, 'a.txt'), 'a file');
  return { folder, file };
}

it.each([[[]], [['--workers', '2']]])(
  'runs the features of its configuration around the application, %j',
  async (flags) => {
    const { file } = await folderOf(text.replace('./public.d', '.'));
    const app = await startApp('handler.mjs', '--config', file, ...flags);
    const served = await fetch(`${app.url}/a.txt`, { headers: { Origin: 'https://app.example' } });
    expect([served.status, await served.text()]).toEqual([200, 'a file']);
    expect(served.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(served.headers.get('access-control-allow-origin')).toBe('https://app.example');
    const who = await fetch(`${app.url}/who`, { headers: { 'X-Forwarded-For': '203.0.113.7' } });
    expect(await who.text()).toContain('203.0.113.7 http://');
    const failed = await fetch(`${app.url}/fail`, { headers: { Accept: 'application/json' } });
    expect(failed.headers.get('content-type')).toContain('problem+json');
    expect((await fetch(`${app.url}/${'x'.repeat(200)}`)).status).toBe(414);
    await app.says(/127\.0\.0\.1 GET \S+\/a\.txt 200 6 /);
    await app.says(/203\.0\.113\.7 GET \S+\/who 200 /);
    app.child.kill('SIGTERM');
    expect(await app.exited).toBe(0);
  },
);

it('takes files from --static', async () => {
  const { folder } = await folderOf('');
  const app = await startApp('express.mjs', '--static', folder);
  expect(await (await fetch(`${app.url}/a.txt`)).text()).toBe('a file');
  expect((await fetch(app.url)).status).toBe(200);
  const posted = await fetch(`${app.url}/none`, { method: 'POST' });
  expect([posted.status, await posted.text()]).toEqual([404, expect.stringContaining('Cannot POST /none')]);
});

it('compresses answers with --compress, and with the options of the file', async () => {
  const { file, folder } = await folderOf('compress: { minSize: 5 }');
  await writeFile(join(folder, 'b.txt'), 'x'.repeat(2000));
  const codingOf = async (url: string): Promise<string | null> =>
    (await fetch(url, { headers: { 'Accept-Encoding': 'gzip' } })).headers.get('content-encoding');
  const flagged = await startApp('handler.mjs', '--compress', '--static', folder);
  expect([await codingOf(`${flagged.url}/a.txt`), await codingOf(`${flagged.url}/b.txt`)]).toEqual([null, 'gzip']);
  const both = await startApp('handler.mjs', '--compress', '--config', file, '--static', folder);
  expect(await codingOf(`${both.url}/a.txt`)).toBe('gzip');
});

it.each([[[]], [['--workers', '1']]])(
  'tells all mistakes of its configuration before anything starts, %j',
  async (flags) => {
    const { file } = await folderOf(text);
    const app = spawnApp([appFile('handler.mjs'), '--config', file, '--prot', '1', ...flags]);
    expect(await app.exited).toBe(2);
    expect(app.said()).toContain('There is no option --prot. Did you mean --port?');
    expect(app.said()).toContain(`${file}:2:9  static\n`);
    expect(app.said()).toContain('Expected a folder that exists');
  },
);
