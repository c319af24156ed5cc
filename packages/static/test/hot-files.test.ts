import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  checkedCompose,
  createManualClock,
  type ManualClock,
  type RunInit,
  type RunResult,
  runHandler,
} from '@windhover/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FileSource, folderSource, type StaticOptions, staticFiles } from '../src/index.ts';
import { useFolder } from './folder-fixtures.ts';

const text = '0123456789'.repeat(100);
const gz = gzipSync(text);
const folder = useFolder({ 'kept.txt': text, 'large.bin': Buffer.alloc(100_000) });

/** An hour from now, so that every file was written long ago. */
const laterClock = (): ManualClock => createManualClock({ now: Date.now() + 3_600_000 });

/** A source that counts how often it is asked, and can be made to wait. */
function counted(source: FileSource) {
  const counts = { finds: 0, opens: 0 };
  let gate: Promise<void> = Promise.resolve();
  const own: FileSource = {
    ...source,
    list: (names) => source.list(names),
    describe: (names) => source.describe(names),
    inspect: (names) => source.inspect(names),
    async find(names) {
      counts.finds += 1;
      await gate;
      const found = await source.find(names);
      if (found?.kind !== 'file') return found;
      const open = (): ReturnType<typeof found.open> => {
        counts.opens += 1;
        return found.open();
      };
      return { ...found, open };
    },
  };
  const holdFinds = (): (() => void) => {
    let release = (): void => undefined;
    gate = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  };
  return { source: own, counts, holdFinds };
}

/** A site whose files can be kept. */
function site(options: StaticOptions = {}) {
  const clock = laterClock();
  const { source, counts, holdFinds } = counted(folderSource(folder.root));
  const handler = checkedCompose([staticFiles(source, { clock, ...options })], ({ response }) => {
    response.status = 404;
    response.body = 'next';
  });
  const get = (url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<RunResult> =>
    runHandler(handler, { url, headers, method } satisfies RunInit);
  return { clock, counts, holdFinds, get };
}

describe('staticFiles(): files in memory', () => {
  it('answers from memory until a second has passed, then looks once', async () => {
    const { get, counts, clock } = site();
    expect((await get('/kept.txt')).text()).toBe(text);
    const { finds } = counts;
    for (let round = 0; round < 10; round++) expect((await get('/kept.txt')).text()).toBe(text);
    expect(counts).toEqual({ finds, opens: 1 });
    clock.advance(1000);
    for (let round = 0; round < 10; round++) expect((await get('/kept.txt')).text()).toBe(text);
    expect(counts).toEqual({ finds: finds + 1, opens: 1 });
  });

  it.each<[string, Record<string, string>, string]>([
    ['GET', {}, 'whole'],
    ['HEAD', {}, 'HEAD'],
    ['GET', { range: 'bytes=2-4' }, 'a part'],
    ['HEAD', { range: 'bytes=2-4' }, 'a part for HEAD'],
    ['GET', { range: 'bytes=5000-' }, '416'],
    ['GET', { range: 'bytes=0-1,500-501' }, 'parts'],
    ['HEAD', { range: 'bytes=0-1,500-501' }, 'parts for HEAD'],
    ['GET', { range: 'bytes=2-4', 'if-range': '"other"' }, 'another If-Range'],
    ['GET', { 'if-none-match': '*' }, '304'],
    ['GET', { 'if-match': '"other"' }, '412'],
    ['GET', { 'if-modified-since': new Date(Date.now() + 3_000_000).toUTCString() }, 'If-Modified-Since'],
    ['GET', { 'if-unmodified-since': new Date(0).toUTCString() }, 'If-Unmodified-Since'],
  ])('answers as from disk: %s %j (%s)', async (method, headers) => {
    const [kept, fresh] = [site(), site({ cache: false })];
    await kept.get('/kept.txt');
    const { opens } = kept.counts;
    const [one, other] = [await kept.get('/kept.txt', headers, method), await fresh.get('/kept.txt', headers, method)];
    const facts = ({ status, declaredLength, headers: fields }: RunResult) => ({
      status,
      declaredLength,
      fields: Object.fromEntries(
        [...fields].map(([name, value]) => [name, value.replace(/^W\/|(?<=boundary=).*/g, '')]),
      ),
    });
    expect(facts(one)).toEqual(facts(other));
    const withoutBoundary = (text: string): string => text.replace(/--[\w-]{20}/g, '--');
    expect(withoutBoundary(one.text())).toBe(withoutBoundary(other.text()));
    expect(kept.counts.opens).toBe(opens);
  });

  it('serves a changed file changed', async () => {
    const { get, clock } = site();
    await folder.write({ 'changed.txt': 'one' });
    const before = await get('/changed.txt');
    await folder.write({ 'changed.txt': 'two' }); // with the same size and time of writing
    clock.advance(1000);
    const after = await get('/changed.txt');
    expect([before.text(), after.text()]).toEqual(['one', 'two']);
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
    await writeFile(join(folder.root, 'new.txt'), 'three');
    await rename(join(folder.root, 'new.txt'), join(folder.root, 'changed.txt'));
    clock.advance(1000);
    expect((await get('/changed.txt')).text()).toBe('three');
    await rm(join(folder.root, 'changed.txt'));
    clock.advance(1000);
    expect((await get('/changed.txt')).text()).toBe('next');
  });

  it('notices a document that takes the place of another', async () => {
    const { get, clock } = site({ index: ['first.html', 'second.html'] });
    await folder.write({ 'pages/second.html': 'second' });
    expect((await get('/pages/')).text()).toBe('second');
    await folder.write({ 'pages/first.html': 'first' });
    clock.advance(1000);
    expect((await get('/pages/')).text()).toBe('first');
  });

  it('does not keep a file that was written just now, since its next version may have the same times', async () => {
    const { source, counts } = counted(folderSource(folder.root));
    const handler = checkedCompose([staticFiles(source)], () => undefined);
    await folder.write({ 'young.txt': 'one' });
    expect((await runHandler(handler, '/young.txt')).text()).toBe('one');
    await folder.write({ 'young.txt': 'two' });
    expect((await runHandler(handler, '/young.txt')).text()).toBe('two');
    expect(counts.opens).toBe(2);
  });

  it('reads a file once for all who ask for it at once', async () => {
    const { get, counts } = site();
    await Promise.all(Array.from({ length: 64 }, () => get('/kept.txt')));
    expect(counts.opens).toBe(1);
  });

  it('checks once, and answers others meanwhile, but not for longer than another second', async () => {
    const { get, counts, clock, holdFinds } = site();
    await get('/kept.txt');
    const { finds } = counts;
    clock.advance(1000);
    const release = holdFinds();
    const first = get('/kept.txt');
    for (let round = 0; round < 64; round++) expect((await get('/kept.txt')).text()).toBe(text);
    expect(counts.finds).toBe(finds + 1);
    clock.advance(1000);
    const late = get('/kept.txt');
    release();
    expect([(await first).text(), (await late).text()]).toEqual([text, text]);
    expect(counts.finds).toBe(finds + 1);
  });

  it('looks again at once when the clock was set back', async () => {
    const { get, counts, clock } = site();
    await get('/kept.txt');
    const { finds } = counts;
    clock.advance(-60_000);
    await get('/kept.txt');
    expect(counts.finds).toBeGreaterThan(finds);
  });

  it('asks allow each time', async () => {
    let isOpen = true;
    const { get } = site({ allow: () => isOpen });
    await get('/kept.txt');
    isOpen = false;
    expect((await get('/kept.txt')).text()).toBe('next');
  });

  it('asks allow about the names that patterns make each time too', async () => {
    let isOpen = true;
    await folder.write({ 'made.html': 'made' });
    const { get } = site({ tryFiles: ['{path}.html'], allow: (path) => isOpen || path !== 'made.html' });
    expect((await get('/made')).text()).toBe('made');
    isOpen = false;
    expect((await get('/made')).text()).toBe('next');
  });

  it('keeps compressed copies beside the file, and chooses for each client', async () => {
    await folder.write({ 'packed.txt': text, 'packed.txt.gz': gz });
    const { get, counts } = site({ precompressed: true });
    for (let round = 0; round < 3; round++) {
      const packed = await get('/packed.txt', { 'accept-encoding': 'gzip' });
      expect([packed.headers.get('content-encoding'), packed.headers.get('vary')]).toEqual(['gzip', 'Accept-Encoding']);
      expect(Buffer.from(packed.body).equals(gz)).toBe(true);
      const plain = await get('/packed.txt');
      expect([plain.text(), plain.headers.get('vary')]).toEqual([text, 'Accept-Encoding']);
    }
    expect(counts.opens).toBe(2);
  });

  it('gives nobody bytes that they could change for others', async () => {
    const clock = laterClock();
    const files = staticFiles(folder.root, { clock });
    const spoil = checkedCompose([files], () => undefined);
    const part = { url: '/kept.txt', headers: { range: 'bytes=0-9' } };
    await runHandler(spoil, part);
    await runHandler(async (context) => {
      await spoil(context);
      (context.response.body as Uint8Array).fill(0);
    }, part);
    expect((await runHandler(spoil, '/kept.txt')).text()).toBe(text);
  });

  it('joins the Vary of others to its own', async () => {
    const clock = laterClock();
    await folder.write({ 'varied.txt': text, 'varied.txt.gz': gz });
    const files = staticFiles(folder.root, { clock, precompressed: true });
    const handler = checkedCompose(
      [
        (context, next) => {
          context.response.headers.set('Vary', 'Origin');
          return next(context);
        },
        files,
      ],
      () => undefined,
    );
    for (let round = 0; round < 2; round++)
      expect((await runHandler(handler, '/varied.txt')).headers.get('vary')).toBe('Origin, Accept-Encoding');
  });

  it('does not keep large files', async () => {
    const { get, counts } = site();
    await get('/large.bin');
    await get('/large.bin');
    expect(counts.opens).toBe(2);
  });
});

describe('staticFiles(): the memory of its cache', () => {
  beforeEach(async () => {
    await folder.write(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`many/${index}.txt`, text])));
  });

  it('is capped: what was not asked for lately goes first', async () => {
    // Each file takes 3 KB and twice its thousand bytes, so there is room for ten.
    const { get, counts } = site({ cache: { maxBytes: 10 * 5072 } });
    await get('/many/0.txt');
    for (let index = 1; index < 40; index++) {
      await get(`/many/${index}.txt`);
      await get(`/many/${index}.txt`);
      await get('/many/0.txt');
    }
    const { opens } = counts;
    await get('/many/0.txt');
    await get('/many/39.txt');
    expect(counts.opens).toBe(opens);
    await get('/many/1.txt');
    expect(counts.opens).toBe(opens + 1);
  });

  it('stays as it is when everything is read once, as a crawler does', async () => {
    const { get, counts } = site({ cache: { maxBytes: 10 * 5072 } });
    for (let index = 0; index < 40; index++) await get(`/many/${index}.txt`);
    expect(counts.opens).toBe(40);
    for (let index = 0; index < 10; index++) await get(`/many/${index}.txt`);
    expect(counts.opens).toBe(40);
  });

  it('is not filled by paths that all lead to one file', async () => {
    const { get, counts } = site({ tryFiles: ['{path}', '/kept.txt'] });
    for (let index = 0; index < 5; index++) await get(`/nothing/${index}`);
    expect(counts.opens).toBe(5);
  });
});
