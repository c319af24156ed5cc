import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { startApp } from './app-process.ts';

async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { timeout: 60_000 });
  return stdout;
}

/** The page as Chromium has it after its scripts have run. */
async function browse(url: string): Promise<string> {
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  onTestFinished(() => rm(profile, { recursive: true, force: true }));
  const quiet = '--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync';
  const switches = [...quiet.split(' '), '--disable-component-update', '--virtual-time-budget=5000'];
  return run('chromium', ...switches, `--user-data-dir=${profile}`, '--dump-dom', url);
}

/** Two visits with one jar of cookies. */
async function visitTwice(url: string): Promise<string[]> {
  const jar = join(await mkdtemp(join(tmpdir(), 'jar-')), 'cookies');
  onTestFinished(() => rm(join(jar, '..'), { recursive: true }));
  const visit = (): Promise<string> => run('curl', '-sS', '-b', jar, '-c', jar, `${url}/visits`);
  return [await visit(), await visit()];
}

function upload(url: string, ...more: string[]): Promise<string> {
  const file = new URL('apps/public/poem.txt', import.meta.url).pathname;
  return run('curl', '-sS', '-F', `file=@${file}`, ...more, `${url}/upload`);
}

describe.skipIf(!hasPeer('curl') || !hasPeer('chromium'))('an Express application', () => {
  it('has sessions, uploads, files, events, security headers and its own errors', async () => {
    const { url } = await startApp('express.mjs');
    expect(await visitTwice(url)).toEqual(['{"visits":1}', '{"visits":2}']);
    expect(JSON.parse(await upload(url, '-F', 'note=thanks'))).toEqual({ name: 'poem.txt', size: 35, note: 'thanks' });
    expect(await run('curl', '-sS', '-r', '4-12', `${url}/file`)).toBe('windhover');
    expect(await run('curl', '-sS', '-N', `${url}/events`)).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n');
    expect(await run('curl', '-sSI', `${url}/`)).toContain('Strict-Transport-Security');
    expect(await run('curl', '-sS', '-w', '%{http_code}', `${url}/crash`)).toBe('Sorry\n500');
  });

  it('answers a revisit of a file with 304', async () => {
    const { url } = await startApp('express.mjs');
    const etag = (await fetch(`${url}/file`)).headers.get('etag')!;
    const again = await run('curl', '-sSI', '-H', `If-None-Match: ${etag}`, `${url}/file`);
    expect(again).toMatch(/^HTTP\/1\.1 304 /);
  });

  it('shows a page whose script listens to events', async () => {
    const { url } = await startApp('express.mjs');
    expect(await browse(`${url}/page`)).toContain('<title>1,2,3</title>');
  });
});

describe.skipIf(!hasPeer('curl') || !hasPeer('chromium'))('a Fastify application', () => {
  it('has signed cookies, uploads, schemas and streams', async () => {
    const { url } = await startApp('fastify.mjs');
    expect(await visitTwice(url)).toEqual(['{"visits":1}', '{"visits":2}']);
    expect(JSON.parse(await upload(url))).toEqual({ name: 'poem.txt', size: 35 });
    const order = (amount: number): Promise<string> =>
      run('curl', '-sS', '--json', JSON.stringify({ amount }), `${url}/orders`);
    expect(await order(21)).toBe('{"doubled":42}');
    expect(JSON.parse(await order(0))).toMatchObject({ statusCode: 400, message: 'body/amount must be >= 1' });
    expect(await run('curl', '-sS', `${url}/stream`)).toBe('one two three');
    expect(await run('curl', '-sS', `${url}/nothing`)).toContain('"statusCode":404');
  });

  it('shows a page, and is closed when the server stops', async () => {
    const { url, child, exited, said } = await startApp('fastify.mjs');
    expect(await browse(`${url}/`)).toContain('<p id="said">Hello</p>');
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    expect(said()).toContain('onClose was called');
  });
});

describe.skipIf(!hasPeer('curl') || !hasPeer('chromium'))('a Hono application', () => {
  it('has cookies, uploads and streams', async () => {
    const { url } = await startApp('hono.mjs');
    expect(await visitTwice(url)).toEqual(['{"visits":1}', '{"visits":2}']);
    expect(JSON.parse(await upload(url))).toEqual({ name: 'poem.txt', size: 35 });
    expect(await run('curl', '-sS', `${url}/stream`)).toBe('one two three');
    expect(await run('curl', '-sS', '-N', `${url}/events`)).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n');
    expect(await run('curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}', `${url}/nothing`)).toBe('404');
  });

  it('shows a page made with JSX', async () => {
    const { url } = await startApp('hono.mjs');
    expect(await browse(`${url}/`)).toContain('<p id="said">Hello</p>');
  });
});
