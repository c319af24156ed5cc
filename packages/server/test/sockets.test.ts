import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Handler, HttpContext, Outcome, ReadBody } from '@windhover/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServer, type Server } from '../src/index.ts';
import { get, path, post } from './talk.ts';

const run = promisify(execFile);
const size = 64 * 1024 * 1024;

let server: Server;
let base: string;
let port: number;
let outcomes: Outcome[];
let reads: number;
let disposed: number;

/** As many bytes as asked for, made one read at a time. */
function bigFile(): ReadBody {
  return {
    length: size,
    read: (into) => {
      reads += 1;
      return into.fill(0x61).length;
    },
    close: () => {
      disposed += 1;
    },
  };
}

const handler: Handler<HttpContext> = async (context) => {
  const { request, response } = context;
  context.onSent((outcome) => outcomes.push(outcome));
  if (request.path === '/download') {
    response.status = 200;
    response.body = bigFile();
  } else if (request.path === '/upload') {
    let received = 0;
    for await (const chunk of request.body) received += chunk.byteLength;
    response.status = 200;
    response.body = `${received}`;
  } else if (request.path === '/refuse') {
    request.body.maxBytes = 10;
    await request.body.bytes();
  } else path(context);
};

beforeEach(async () => {
  outcomes = [];
  reads = 0;
  disposed = 0;
  server = createServer(handler, { limits: { maxRequestBodyBytes: null } });
  const listener = await server.listen({ host: '127.0.0.1', port: 0 });
  base = `http://${listener.name}`;
  port = (listener.address as { port: number }).port;
});

afterEach(() => server.close({ timeoutMs: 1000 }));

async function curl(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run('curl', ['--silent', '--show-error', '--noproxy', '*', ...args], { maxBuffer: 1 << 20 });
}

/** How much larger the process is at its largest while `work` runs. */
async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 5);
  await work();
  clearInterval(timer);
  return most - before;
}

describe('curl', () => {
  it('uses one connection for several requests', async () => {
    const { stdout, stderr } = await curl('-v', `${base}/1`, `${base}/2`, `${base}/3`);
    expect(stdout).toBe('/1/2/3');
    expect(stderr.match(/Re-using existing connection/g)?.length).toBe(2);
  });

  it('downloads 64 MB while the server stays small', async () => {
    const grown = await growth(async () => {
      const { stdout } = await curl('-o', '/dev/null', '-w', '%{size_download}', `${base}/download`);
      expect(stdout).toBe(String(size));
    });
    expect(grown).toBeLessThan(48 * 1024 * 1024);
    expect(disposed).toBe(1);
  });

  it.each([
    ['with a length', []],
    ['in chunks', ['-H', 'Transfer-Encoding: chunked']],
  ])('uploads 64 MB %s while the server stays small', async (_name, args) => {
    const folder = await mkdtemp(join(tmpdir(), 'upload-'));
    const file = join(folder, 'zeros');
    await run('truncate', ['-s', String(size), file]);
    const grown = await growth(async () => {
      const { stdout } = await curl('-T', file, ...args, `${base}/upload`);
      expect(stdout).toBe(String(size));
    });
    await rm(folder, { recursive: true });
    expect(grown).toBeLessThan(64 * 1024 * 1024);
  });

  it('gets 100 Continue for a body that is read', async () => {
    const { stdout, stderr } = await curl('-v', '-H', 'Expect: 100-continue', '-d', 'x'.repeat(3000), `${base}/upload`);
    expect(stdout).toBe('3000');
    expect(stderr).toContain('HTTP/1.1 100 Continue');
  });

  it('speaks over a Unix socket', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'unix-'));
    const socket = join(folder, 's');
    await server.listen({ path: socket });
    const { stdout } = await curl('--unix-socket', socket, 'http://x/unix');
    expect(stdout).toBe('/unix');
    await rm(folder, { recursive: true });
  });
});

/** Sends, and collects what comes back until the server closes. */
async function exchange(bytes: string | Buffer): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', (error) => {
    answer += `[${(error as NodeJS.ErrnoException).code}]`;
  });
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe('raw sockets', () => {
  it('pipeline, and are answered in order', async () => {
    const requests = Array.from({ length: 300 }, (_, index) => get(`/${index}`)).join('');
    const answer = await exchange(requests + get('/last', 'Connection: close\r\n'));
    const bodies = answer.split('\r\n\r\n').map((part) => part.split('HTTP/1.1')[0]);
    expect(bodies.slice(1)).toEqual([...Array.from({ length: 300 }, (_, index) => `/${index}`), '/last']);
  });

  it('that send a body to a 413 still read the answer, 40 of 40 times', async () => {
    const bytes = Buffer.concat([
      Buffer.from(post('Content-Length: 800000\r\n').replace('/', '/refuse')),
      Buffer.alloc(800_000),
    ]);
    const answers = await Promise.all(Array.from({ length: 40 }, () => exchange(bytes)));
    for (const answer of answers) {
      expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*at most 10 bytes are accepted here\n$/);
    }
  });

  it('that reset in the middle of a download have it disposed', async () => {
    const socket = net.connect(port, '127.0.0.1');
    socket.write(get('/download'));
    await once(socket, 'data');
    socket.pause();
    socket.resetAndDestroy();
    await until(() => outcomes.length === 1);
    expect(disposed).toBe(1);
    expect(reads).toBeLessThan(size / 65_536);
    expect(outcomes[0]).toMatchObject({ end: 'client-closed', status: 200 });
    expect(outcomes[0]!.bytesSent).toBeLessThan(size);
  });

  it('are gone after close(), with none left open', async () => {
    const socket = net.connect(port, '127.0.0.1');
    socket.write(get('/'));
    await once(socket, 'data');
    socket.on('end', () => socket.end());
    await server.close();
    expect(server.connections).toBe(0);
  });

  it('that are many are all answered', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => exchange(get(`/${index}`, 'Connection: close\r\n'))),
    );
    expect(answers.map((answer) => answer.split('\r\n\r\n')[1])).toEqual(
      Array.from({ length: 200 }, (_, index) => `/${index}`),
    );
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
