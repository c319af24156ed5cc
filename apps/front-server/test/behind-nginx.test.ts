import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
// @ts-expect-error: plain JavaScript
import { ensureCertificate } from '../../../examples/demo/make-certificate.mjs';
import { freePort } from '../../../scripts/lib/free-port.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { curl, type StartedServer, startConfig, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

const example = fileURLToPath(new URL('../../../examples/behind-nginx/', import.meta.url));

interface Started extends StartedServer {
  readonly http: number;
  readonly https: number;
}

/** The example as it stands there, on ports of its own: nginx, Windhover, and an API that answers with the fields it got. */
async function startExample(): Promise<Started> {
  const folder = await temporaryFolder();
  const api = await startUpstream((request, response) => response.end(JSON.stringify(request.headers)));
  const text = (await readFile(join(example, 'windhover.yaml'), 'utf8'))
    .replace('listen: 127.0.0.1:8080', 'listen: 127.0.0.1:0')
    .replace('127.0.0.1:8081', `127.0.0.1:${api.port}`);
  const started = await startConfig(text, folder);
  const [http, https] = [await freePort(), await freePort()];
  const nginx = (await readFile(join(example, 'nginx.conf'), 'utf8'))
    .replace('127.0.0.1:8080', `127.0.0.1:${started.server.listeners[0]!.port}`)
    .replaceAll(':8088', `:${http}`)
    .replaceAll(':8448', `:${https}`);
  await writeFile(join(folder, 'nginx.conf'), nginx);
  ensureCertificate(join(folder, 'localhost.pem'));
  await startNginx(folder, http);
  return { ...started, http, https };
}

/** Starts nginx as the README of the example says, and waits until it answers. */
async function startNginx(folder: string, port: number): Promise<void> {
  const child: ChildProcess = spawn('nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (part) => (said += part));
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  while (!(await isAnswered(port))) {
    if (child.exitCode !== null) throw new Error(`nginx did not start:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function isAnswered(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

/** The client is at ::1 and nginx at 127.0.0.1, so that one can be told from the other; it also claims to be somebody else. */
const client = ['-6', '-H', 'X-Forwarded-For: 203.0.113.7', '-H', 'X-Forwarded-Proto: https'];

describe.skipIf(!hasPeer('nginx') || !hasPeer('curl'))('examples/behind-nginx', () => {
  it("writes the client's address into the access log, not the one of nginx, nor what the client claims", async () => {
    const { http, accessLines } = await startExample();
    const { status, body } = await curl(...client, `http://localhost:${http}/hello`);
    expect([status, body]).toEqual([200, 'Hello from behind nginx.\n']);
    await expect.poll(() => accessLines.find((line) => line.includes('/hello'))).toMatch(/ ::1 /);
    expect(accessLines.find((line) => line.includes('/hello'))).not.toMatch(/127\.0\.0\.1|203\.0\.113\.7/);
  });

  it('tells the upstream client, scheme and host', async () => {
    const { http, https } = await startExample();
    const plain = JSON.parse((await curl(...client, `http://localhost:${http}/api/who`)).body);
    expect(plain).toMatchObject({ 'x-forwarded-proto': 'http', 'x-forwarded-host': `localhost:${http}` });
    expect(plain['x-forwarded-for'].split(', ')[0]).toBe('::1');
    const secure = JSON.parse((await curl('-k', ...client, `https://localhost:${https}/api/who`)).body);
    expect(secure).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-host': `localhost:${https}` });
    expect(JSON.stringify(secure)).not.toContain('203.0.113.7');
  });
});
