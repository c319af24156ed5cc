import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { curl, execute, startServer, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

const page = `<!doctype html>\n${'<p>The quick brown fox jumps over the lazy dog.</p>\n'.repeat(200)}`;
const large = Array.from({ length: 40_000 }, (_, line) => `${line} ${line * 7919}\n`).join('');
const config = 'compress: true\nsites: { a: { routes: [{ path: /, static: . }] } }';

async function site(): Promise<{ readonly folder: string; readonly url: string }> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'index.html'), page);
  await writeFile(join(folder, 'large.txt'), large);
  await writeFile(join(folder, 'a.png'), Buffer.alloc(5000));
  return { folder, url: (await startServer(config, folder)).url };
}

const decoders = [
  ['gzip', 'gzip', ['-dc']],
  ['br', 'brotli', ['-dc']],
  ...('createZstdCompress' in zlib ? ([['zstd', 'zstd', ['-dcq']]] as const) : []),
] as const;

describe('a site with compress: true', () => {
  for (const [coding, program, args] of decoders)
    it.skipIf(!hasPeer(program))(`sends ${coding} that ${program} reads`, async () => {
      const { folder, url } = await site();
      for (const [path, content] of [
        ['/', page],
        ['/large.txt', large],
      ]) {
        const file = join(folder, 'answer');
        await execute('curl', [
          '-sS',
          '--max-time',
          '20',
          '-H',
          `Accept-Encoding: ${coding}`,
          '-o',
          file,
          `${url}${path}`,
        ]);
        const bytes = await readFile(file);
        expect(bytes.byteLength).toBeLessThan(content!.length / 2);
        expect(execFileSync(program, args, { input: bytes, maxBuffer: 10_000_000 }).toString()).toBe(content);
      }
    });

  it('is understood by curl --compressed', async () => {
    const { url } = await site();
    for (const [path, content] of [
      ['', page],
      ['/large.txt', large],
    ]) {
      const { head, body } = await curl('--compressed', `${url}${path}`);
      expect(head).toMatch(/^content-encoding: br\r?$/m);
      expect(body).toBe(content);
    }
  });

  it('answers HEAD, conditions and ranges consistently', async () => {
    const { url } = await site();
    const accept = ['-H', 'Accept-Encoding: gzip'];
    const get = await curl(...accept, '--raw', `${url}/large.txt`);
    const etag = /^etag: (W\/"[^"]+")/m.exec(get.head)?.[1];
    expect(etag).toBeDefined();
    const head = await curl(...accept, '-I', `${url}/large.txt`);
    expect(head.head).toContain('content-encoding: gzip');
    expect(head.head).not.toMatch(/content-length|accept-ranges/);
    const known = await curl(...accept, '-H', `If-None-Match: ${etag}`, `${url}/large.txt`);
    expect([known.status, known.head]).toEqual([304, expect.stringContaining(`etag: ${etag}`)]);
    expect(known.head).toContain('vary: Accept-Encoding');
    const part = await curl(...accept, '-r', '0-9', `${url}/large.txt`);
    expect([part.status, part.body]).toEqual([206, large.slice(0, 10)]);
    expect((await curl(...accept, '-I', `${url}/a.png`)).head).not.toMatch(/content-encoding|vary/);
  });

  it('passes each event of an upstream on as it comes', async () => {
    let next = (): void => undefined;
    const upstream = await startUpstream((_request, response) => {
      response.setHeader('Content-Type', 'text/event-stream');
      let event = 0;
      next = () => void response.write(`data: ${++event}\n\n`);
      next();
    });
    const { url } = await startServer(
      `compress: true\nsites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${upstream.port}" }] } }`,
    );
    const response = await fetch(url, { headers: { 'Accept-Encoding': 'br' } });
    expect(response.headers.get('content-encoding')).toBe('br');
    const reader = response.body!.getReader();
    onTestFinished(() => reader.cancel());
    let text = '';
    for (const event of [1, 2, 3]) {
      while (!text.endsWith(`data: ${event}\n\n`)) {
        const { value } = await reader.read();
        text += new TextDecoder().decode(value);
      }
      next();
    }
  });

  it('lets go of upstreams whose clients leave', async () => {
    let open = 0;
    let tell = (): void => undefined;
    const upstream = await startUpstream((_request, response) => {
      open += 1;
      response.setHeader('Content-Type', 'text/plain');
      response.write(large);
      response.on('close', () => {
        open -= 1;
        tell();
      });
    });
    const { url } = await startServer(
      `compress: { maxEncoders: 4 }\nsites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${upstream.port}" }] } }`,
    );
    for (let turn = 0; turn < 30; turn++) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n');
      const head = await new Promise<string>((resolve) =>
        socket.once('data', (chunk) => resolve(chunk.toString('latin1'))),
      );
      expect(head).toContain('Content-Encoding: gzip'); // of four encoders one was free
      const closed = new Promise<void>((resolve) => {
        tell = resolve;
      });
      socket.destroy();
      await closed;
    }
    expect(open).toBe(0);
  });
});

describe('a route with decompress: true', () => {
  it('hands the decompressed body to its upstream', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'body.gz'), zlib.gzipSync(page));
    const upstream = await startUpstream((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => response.end(`${request.headers['content-encoding']} ${text === page}`));
    });
    const proxy = `proxy: "http://127.0.0.1:${upstream.port}"`;
    const { url } = await startServer(
      `sites: { a: { routes: [{ path: /, ${proxy} }, { path: /plain, decompress: true, ${proxy} }] } }`,
    );
    const args = ['--data-binary', `@${join(folder, 'body.gz')}`, '-H'];
    expect((await curl(...args, 'Content-Encoding: gzip', url)).body).toBe('gzip false');
    expect((await curl(...args, 'Content-Encoding: gzip', `${url}/plain`)).body).toBe('undefined true');
    const unknown = await curl(...args, 'Content-Encoding: lzma', `${url}/plain`);
    expect([unknown.status, unknown.head]).toEqual([415, expect.stringMatching(/^accept-encoding: br, /m)]);
  });
});
