import { type RunInit, type RunResult, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { FakeFile } from './file-fixtures.ts';
import { resolveOptions } from './options.ts';
import { respond } from './respond.ts';

const settings = resolveOptions('/', {});
const serve = (file: FakeFile, init: RunInit = {}): Promise<RunResult> =>
  runHandler((context) => respond(context, file.opened, { path: 'a.txt', coding: null, vary: null }, settings), {
    url: '/a.txt',
    ...init,
  });

describe('respond()', () => {
  it.each<[string, number, RunInit, number]>([
    ['a small body', 100, {}, 200],
    ['a large body', 100_000, {}, 200],
    ['an empty body', 0, {}, 200],
    ['a part', 100_000, { headers: { Range: 'bytes=0-9' } }, 206],
    ['a HEAD', 100_000, { method: 'HEAD' }, 200],
    ['a 304', 100, { headers: { 'If-None-Match': '*' } }, 304],
    ['a 412', 100, { headers: { 'If-Match': '"other"' } }, 412],
    ['a 416', 100, { headers: { Range: 'bytes=200-' } }, 416],
  ])('closes the file of %s', async (_name, size, init, status) => {
    const file = new FakeFile(Buffer.alloc(size));
    expect([(await serve(file, init)).status, file.isOpen]).toEqual([status, false]);
  });

  it('closes a file that cannot be read', async () => {
    const file = new FakeFile('content');
    file.read = () => Promise.reject(new Error('EIO'));
    expect([(await serve(file)).status, file.isOpen]).toEqual([500, false]);
  });

  it('sends no validators with a body that may be of several versions', async () => {
    const file = new FakeFile('0');
    file.afterRead = (count) => file.write(String(count % 10));
    const { status, headers } = await serve(file);
    expect([status, headers.has('etag'), headers.has('last-modified')]).toEqual([200, false, false]);
  });
});
