import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compose, type HttpContext } from '@windhover/core';
import { createServer } from '@windhover/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openChromium } from '../../../scripts/lib/open-chromium.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { type StaticOptions, staticFiles } from '../src/index.ts';
import { useFolder } from './folder-fixtures.ts';

const run = promisify(execFile);
const large = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 31) % 251));

const folder = useFolder({
  'files/large.bin': large,
  'files/a & b.txt': 'ampersand',
  'files/ü#1?.txt': 'umlaut',
  'files/sub/deep/c.txt': 'deep',
  'files/.hidden': 'SECRET',
  'media/long.wav': silence(600),
});

/** So many seconds of silence: 16 kB for each. */
function silence(seconds: number): Buffer {
  const rate = 8000;
  const data = Buffer.alloc(44 + seconds * rate * 2);
  data.write('RIFF', 0, 'latin1');
  data.writeUInt32LE(data.byteLength - 8, 4);
  data.write('WAVEfmt ', 8, 'latin1');
  for (const [value, at] of [
    [16, 16],
    [rate, 24],
    [rate * 2, 28],
    [data.byteLength - 44, 40],
  ] as const)
    data.writeUInt32LE(value, at);
  for (const [value, at] of [
    [1, 20],
    [1, 22],
    [2, 32],
    [16, 34],
  ] as const)
    data.writeUInt16LE(value, at);
  data.write('data', 36, 'latin1');
  return data;
}

interface Site {
  readonly url: string;
  /** Method, path and Range of each request, with the status. */
  readonly seen: string[];
}

async function start(options: StaticOptions, other: (context: HttpContext) => void = () => undefined): Promise<Site> {
  const seen: string[] = [];
  const handler = compose<HttpContext>(
    [
      (context, next) => {
        const { method, path, headers } = context.request;
        context.onSent(({ status }) => seen.push(`${method} ${path} ${headers.get('range') ?? '-'} ${status}`));
        return next(context);
      },
      staticFiles(folder.root, options),
    ],
    other,
  );
  const server = createServer(handler);
  const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close({ timeoutMs: 0 }));
  return { url: `http://${name}`, seen };
}

async function temporary(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'static-seen-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

describe.skipIf(!hasPeer('curl'))('curl', () => {
  it.each([0, 1, 1_234_567, 2_999_999])('resumes a download after %d bytes', async (bytes) => {
    const { url, seen } = await start({});
    const path = join(await temporary(), 'large.bin');
    await writeFile(path, large.subarray(0, bytes));
    await run('curl', ['-sSf', '-C', '-', '-o', path, `${url}/files/large.bin`]);
    expect((await readFile(path)).equals(large)).toBe(true);
    await expect.poll(() => seen).toEqual([`GET /files/large.bin ${bytes === 0 ? '- 200' : `bytes=${bytes}- 206`}`]);
  });

  it('gets several ranges as parts', async () => {
    const { url } = await start({});
    const { stdout } = await run('curl', ['-sSf', '-r', '0-9,1000000-1000009', `${url}/files/large.bin`], {
      encoding: 'latin1',
    });
    expect(stdout).toContain(large.subarray(1_000_000, 1_000_010).toString('latin1'));
    expect(stdout.length).toBeLessThan(500);
  });
});

describe.skipIf(!hasPeer('wget'))('wget -r', () => {
  it('copies a folder by its listing, with every name as it is', async () => {
    const { url } = await start({ listing: true });
    const copy = await temporary();
    await run('wget', [
      '-q',
      '-r',
      '-np',
      '-nH',
      '--restrict-file-names=nocontrol',
      '-R',
      'index.html*',
      '-P',
      copy,
      `${url}/files/`,
    ]);
    expect((await readFile(join(copy, 'files/large.bin'))).equals(large)).toBe(true);
    expect(await readFile(join(copy, 'files/a & b.txt'), 'utf8')).toBe('ampersand');
    expect(await readFile(join(copy, 'files/ü#1?.txt'), 'utf8')).toBe('umlaut');
    expect(await readFile(join(copy, 'files/sub/deep/c.txt'), 'utf8')).toBe('deep');
    await expect(readFile(join(copy, 'files/.hidden'))).rejects.toThrow('ENOENT');
  });
});

/** Opens a page in Chromium and waits until it asks for `/said?…`; returns what follows. */
async function browse(page: string, options: StaticOptions = {}): Promise<{ said: string; seen: string[] }> {
  let say: (text: string) => void = () => undefined;
  const said = new Promise<string>((resolve) => {
    say = resolve;
  });
  const { url, seen } = await start(options, ({ request, response }) => {
    if (request.path === '/said') say(decodeURIComponent(request.query ?? ''));
    response.headers.set('Content-Type', 'text/html; charset=utf-8');
    response.body = request.path === '/page' ? page : 'ok';
  });
  await openChromium(
    `${url}/page`,
    '--autoplay-policy=no-user-gesture-required',
    '--mute-audio',
    '--disable-component-update',
  );
  return { said: await said, seen };
}

describe.skipIf(!hasPeer('chromium'))('Chromium', () => {
  it('scrubs through a recording by ranges', async () => {
    const { said, seen } =
      await browse(`<!doctype html><video id="v" src="/media/long.wav" preload="metadata" muted></video><script>
      const jump = (to) => new Promise((done) => { v.onseeked = () => done(v.currentTime); v.currentTime = to; });
      v.onerror = () => fetch('/said?error');
      v.onloadedmetadata = async () => {
        const at = [];
        for (const to of [500, 100, 590]) at.push(await jump(to));
        fetch('/said?' + [v.duration, ...at].join(','));
      };</script>`);
    expect(said).toBe('600,500,100,590');
    // A browser that has the whole file by then jumps in what it has; a line comes when its answer is over.
    const ranges = (): number => seen.filter((line) => /^GET \/media\/long\.wav bytes=\d+- 206$/.test(line)).length;
    await expect.poll(ranges).toBeGreaterThan(0);
  });

  it('shows a folder, sorted as the reader asks, without a script', async () => {
    const { said } = await browse(
      `<!doctype html><iframe id="f" src="/files/?sort=size&order=desc"></iframe><script>
      f.onload = () => {
        const page = f.contentDocument;
        const names = [...page.querySelectorAll('tbody a')].map((link) => link.textContent);
        const sorted = page.querySelector('[aria-sort]').textContent.trim();
        fetch('/said?' + encodeURIComponent(JSON.stringify({ names, sorted, scripts: page.scripts.length })));
      };</script>`,
      { listing: true },
    );
    expect(JSON.parse(said)).toEqual({
      names: ['../', 'sub/', 'large.bin', 'a & b.txt', 'ü#1?.txt'],
      sorted: 'Size ↓',
      scripts: 0,
    });
  });
});
