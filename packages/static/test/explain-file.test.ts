import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHandler } from '@windhover/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainFile, staticFiles } from '../src/index.ts';

let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'windhover-explain-'));
  await mkdir(join(root, 'docs'));
  await mkdir(join(root, 'empty'));
  await writeFile(join(root, 'index.html'), 'home');
  await writeFile(join(root, 'a.txt'), 'a');
  await writeFile(join(root, '.env'), 'secret');
  await writeFile(join(root, 'docs/index.html'), 'docs');
  await symlink(tmpdir(), join(root, 'out'));
});

afterAll(() => rm(root, { recursive: true }));

describe('explainFile()', () => {
  it.each([
    ['/', 'file', 'index.html', 'it is the index of the folder', 200],
    ['/a.txt', 'file', 'a.txt', 'the file exists', 200],
    ['/a.txt/', 'none', 'a.txt', 'a path with a slash at its end names a folder, and this is a file', 404],
    ['/docs', 'redirect', 'docs', 'it is a folder, and the path has no slash at its end', 301],
    ['/docs/', 'file', 'docs/index.html', 'it is the index of the folder', 200],
    ['/empty/', 'none', 'empty', 'the folder has no index.html', 404],
    ['/none', 'none', 'none', 'there is no such file', 404],
    ['/.env', 'none', null, 'the path holds a name that is not served', 404],
    ['/out/', 'none', 'out', 'a symbolic link leads out of the folder', 404],
  ])('says of %s what staticFiles() does: %s', async (path, kind, file, because, status) => {
    const seen: unknown[] = [];
    const result = await runHandler((context) => {
      seen.push(explainFile(context.request, root));
      return staticFiles(root)(context, () => undefined);
    }, path);
    expect(seen).toEqual([{ kind, file: file === null ? null : join(root, file), because }]);
    expect(result.status).toBe(status);
  });

  it('says that another method asks for no file', async () => {
    const request = { method: 'POST', path: '/a.txt', segments: ['a.txt'] };
    expect(explainFile(request, root)).toEqual({ kind: 'none', file: null, because: 'POST asks for no file' });
  });
});
