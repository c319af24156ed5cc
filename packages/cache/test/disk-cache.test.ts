import type { FileHandle } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BodySink, HttpContext, PushBody } from '@windhover/core';
import { createManualClock, runHandler } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cacheBefore, settle } from '../src/lib/cache-fixtures.ts';
import { createDiskStore } from '../src/lib/create-disk-store.ts';
import { DiskFolder } from '../src/lib/disk-folder.ts';
import { FileStore } from '../src/lib/disk-store.ts';
import { createMemoryStore } from '../src/lib/memory-store.ts';
import { createTieredStore } from '../src/lib/tiered-store.ts';
import { contentOf } from './store-fixtures.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'disk-cache-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes as fast as it may, and counts how far it got. */
class Source implements PushBody {
  readonly length: number;
  written = 0;
  private readonly content: Uint8Array;
  private sink: BodySink | null = null;
  private isPaused = false;

  constructor(content: Uint8Array) {
    this.content = content;
    this.length = content.byteLength;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.resume();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    while (!this.isPaused && this.written < this.length) {
      const chunk = this.content.slice(this.written, this.written + 20_000);
      this.written += chunk.byteLength;
      if (this.sink!.write(chunk, true) === false) this.isPaused = true;
    }
    if (!this.isPaused) this.sink!.end();
  }

  cancel(): void {
    this.isPaused = true;
  }
}

const cacheable = { 'Cache-Control': 'max-age=60', ETag: '"a"' };
const large = contentOf(6_000_000);
const same = (body: Uint8Array, content: Uint8Array): boolean => Buffer.from(body).equals(content);

describe('cache() with a store on disk', () => {
  it('streams a content larger than memory may hold to all clients, stores it, and answers ranges', async () => {
    const store = createDiskStore(await newFolder());
    const sources: Source[] = [];
    const { ask, requests } = cacheBefore(
      () => {
        sources.push(new Source(large));
        return { headers: cacheable, body: sources.at(-1)! };
      },
      { store, maxArrivingBytes: 300_000 },
    );
    const asked = [ask(), ask(), ask({ headers: { Range: 'bytes=5900000-5900009' } })];
    await expect.poll(() => sources[0]?.written ?? 0, { interval: 1 }).toBeGreaterThan(0);
    asked.push(ask(), ask({ abortAfterBytes: 1000 }));
    const [first, second, part, late] = await Promise.all(asked);
    expect([first, second, late].map((result) => same(result!.body, large))).toEqual([true, true, true]);
    expect([part!.status, same(part!.body, large.slice(5_900_000, 5_900_010))]).toEqual([206, true]);
    await expect.poll(() => store.size).toBe(1);
    const hit = await ask();
    expect([same(hit.body, large), hit.headers.get('cache-status'), requests.length]).toEqual([
      true,
      'Windhover; hit; ttl=60',
      1,
    ]);
    const ranges = await Promise.all(
      ['bytes=0-0', 'bytes=65530-65545', 'bytes=-7', 'bytes=100-3000000'].map((Range) => ask({ headers: { Range } })),
    );
    expect(ranges.map(({ status, body }) => [status, body.byteLength])).toEqual([
      [206, 1],
      [206, 16],
      [206, 7],
      [206, 2_999_901],
    ]);
    expect(same(ranges[1]!.body, large.slice(65_530, 65_546))).toBe(true);
    expect(same(ranges[3]!.body, large.slice(100, 3_000_001))).toBe(true);
    await store.close();
  });

  it('makes the origin wait for the disk, not for the slowest client', async () => {
    const store = createDiskStore(await newFolder());
    const source = new Source(large);
    const { cache } = cacheBefore(() => ({}), { store });
    const received: Uint8Array[] = [];
    let isStalled = true;
    let body: PushBody | null = null;
    const handler = async (context: HttpContext): Promise<void> => {
      await cache.middleware(context, ({ response }) => {
        response.headers.assign(cacheable);
        response.body = source;
      });
      body = context.response.takeBody() as PushBody;
      const isOver = new Promise<void>((end, fail) => {
        const write = (chunk: Uint8Array): boolean => {
          received.push(chunk.slice());
          return !isStalled;
        };
        body!.start({ write, end: () => end(), fail });
      });
      context.response.body = 'over';
      await isOver;
    };
    const asked = runHandler(handler);
    await expect.poll(() => store.size).toBe(1);
    expect([source.written, received.length]).toEqual([large.byteLength, 1]);
    isStalled = false;
    body!.resume();
    await asked;
    expect(same(Buffer.concat(received), large)).toBe(true);
    await store.close();
  });

  it('answers from disk after a restart', async () => {
    const folder = await newFolder();
    const origin = () => ({ headers: cacheable, body: 'warm' });
    const first = createDiskStore(folder);
    await cacheBefore(origin, { store: first }).ask();
    await first.close();
    const memory = createMemoryStore();
    const second = createTieredStore(memory, createDiskStore(folder));
    const { ask, requests } = cacheBefore(origin, { store: second });
    expect([(await ask()).text(), (await ask()).text(), requests.length, memory.size]).toEqual(['warm', 'warm', 0, 1]);
  });

  it('asks the origin again if a content is lost or damaged, also where it would only be validated', async () => {
    const folder = await newFolder();
    const store = createDiskStore(folder);
    const { ask, clock, requests } = cacheBefore(
      (_context, count) => ({ headers: cacheable, body: `answer ${count}` }),
      {
        store,
      },
    );
    await ask();
    await store.close(); // everything is written
    await rm(folder, { recursive: true });
    expect([(await ask()).text(), (await ask()).text()]).toEqual(['answer 2', 'answer 2']);
    await store.close();
    await rm(folder, { recursive: true });
    clock.advance(61_000);
    expect((await ask()).text()).toBe('answer 3');
    expect(requests.at(-1)!.headers.has('if-none-match')).toBe(false);
    await store.close();
  });

  it.each([
    ['ENOSPC', 0],
    ['ENOSPC', 1],
    ['EIO', 2],
  ])('answers everybody although the disk fails with %s after %d writes, and says so once', async (code, after) => {
    const faults: unknown[] = [];
    const folder = new FailingFolder(await newFolder(), code, after);
    const clock = createManualClock();
    const onFault = (error: unknown): void => void faults.push(error);
    const store = new FileStore({ folder, maxBytes: 1e9, clock, bus: null, onFault });
    const { ask, requests } = cacheBefore(() => ({ headers: cacheable, body: new Source(large) }), { store });
    const results = await Promise.all([ask(), ask({ headers: { Range: 'bytes=-10' } }), ask()]);
    expect(results.map(({ body, error }) => [body.byteLength, error])).toEqual([
      [large.byteLength, null],
      [10, null],
      [large.byteLength, null],
    ]);
    expect(results.every(({ body }) => same(body, large.slice(-body.byteLength)))).toBe(true);
    expect([store.size, requests.length, faults.length]).toEqual([0, 1, 1]);
    await store.close();
  });

  it('does not store what is purged while it arrives', async () => {
    const store = createDiskStore(await newFolder());
    const source = new Source(large);
    const { ask, cache } = cacheBefore(() => ({ headers: cacheable, body: source }), { store });
    const asked = ask();
    await expect.poll(() => source.written, { interval: 1 }).toBeGreaterThan(0);
    await cache.purge({ all: true });
    expect(same((await asked).body, large)).toBe(true);
    await settle();
    await store.close();
    expect([store.size, store.bytes]).toEqual([0, 0]);
  });
});

/** A folder on a disk that fails after some writes. */
class FailingFolder extends DiskFolder {
  private readonly code: string;
  private writes: number;

  constructor(root: string, code: string, writes: number) {
    super(root);
    this.code = code;
    this.writes = writes;
  }

  override async openNew() {
    const { path, handle } = await super.openNew();
    const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<unknown>;
    const failing = (...args: unknown[]): Promise<unknown> => {
      if (this.writes-- > 0) return write(...args);
      return Promise.reject(Object.assign(new Error(`${this.code}: it failed`), { code: this.code }));
    };
    return { path, handle: Object.assign(handle, { write: failing }) as unknown as FileHandle };
  }
}
