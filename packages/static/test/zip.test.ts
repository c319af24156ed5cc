import { readdirSync, readlinkSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { runHandler } from '@windhover/testing';
import { unzipSync } from 'fflate';
import { describe, expect, it, vi } from 'vitest';
import { type StaticOptions, staticFiles } from '../src/index.ts';
import { useFolder } from './folder-fixtures.ts';

const large = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
const folder = useFolder({
  'docs/index.html': 'home',
  'docs/a.txt': 'text '.repeat(1000),
  'docs/empty.txt': '',
  'docs/sub/large.bin': large,
  'docs/sub/picture.png': large,
  'docs/ü.txt': 'name',
  'docs/.env': 'SECRET',
  'changing/a.log': 'line\n'.repeat(50_000),
});

const options: StaticOptions = { zip: true };

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(folder.root) ? [target] : [];
    } catch {
      return []; // it is closed already
    }
  });
}

describe('staticFiles(): zip', () => {
  it('sends a folder as an archive, without what is hidden', async () => {
    const result = await folder.serve('/docs/?zip', options);
    expect(result.headers.get('content-type')).toBe('application/zip');
    expect(result.headers.get('content-disposition')).toBe('attachment; filename="docs.zip"');
    const files = unzipSync(result.body);
    expect(Object.keys(files).sort()).toEqual([
      'a.txt',
      'empty.txt',
      'index.html',
      'sub/large.bin',
      'sub/picture.png',
      'ü.txt',
    ]);
    expect(Buffer.from(files['sub/large.bin']!).equals(large)).toBe(true);
    expect(Buffer.from(files['sub/picture.png']!).equals(large)).toBe(true);
    expect(Buffer.from(files['a.txt']!).toString()).toBe('text '.repeat(1000));
  });

  it('answers HEAD without reading a file', async () => {
    const result = await folder.serve({ method: 'HEAD', url: '/docs/?zip' }, options);
    expect([result.status, result.body.byteLength]).toEqual([200, 0]);
  });

  it('redirects to the path with a slash', async () => {
    expect((await folder.serve('/docs?zip', options)).headers.get('location')).toBe('./docs/?zip');
  });

  it('refuses a folder beyond the limits before the first byte', async () => {
    const many = await folder.serve('/docs/?zip', { zip: { maxFiles: 3 } });
    expect([many.status, many.error]).toEqual([403, expect.objectContaining({ code: 'STATIC_FOLDER_TOO_LARGE' })]);
    expect((await folder.serve('/docs/?zip', { zip: { maxBytes: 500_000 } })).status).toBe(403);
  });

  it('follows no circle of links', async () => {
    await symlink('..', join(folder.root, 'docs/sub/up'));
    const files = unzipSync((await folder.serve('/docs/sub/?zip', options)).body);
    expect(Object.keys(files).length).toBeLessThan(20);
  });

  it('is off unless it is switched on', async () => {
    expect((await folder.serve('/docs/?zip')).text()).toBe('home');
  });

  it('is not for files', async () => {
    expect((await folder.serve('/docs/a.txt?zip', options)).headers.get('content-type')).toContain('text/plain');
  });

  it.each([1, 100, 5_000, 100_000, 300_000])('closes its file when the client leaves after %d bytes', async (bytes) => {
    const result = await folder.serve({ url: '/docs/?zip', abortAfterBytes: bytes }, options);
    expect(result.outcome.end).toBe('client-closed');
    await vi.waitFor(() => expect(openFiles()).toEqual([]));
  });

  it('is cut when a file changes while it is read', async () => {
    const result = await runHandler(async (context) => {
      await staticFiles(folder.root, options)(context, () => undefined);
      await folder.write({ 'changing/a.log': 'other\n'.repeat(50_000) });
    }, '/changing/?zip');
    expect([result.outcome.end, result.outcome.error]).toEqual([
      'handler-failed',
      expect.objectContaining({ code: 'STATIC_FILE_CHANGED' }),
    ]);
    await vi.waitFor(() => expect(openFiles()).toEqual([]));
  });
});
