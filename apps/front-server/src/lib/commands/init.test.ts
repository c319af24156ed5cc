import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, windhover } from './command-fixtures.ts';

describe('windhover init', () => {
  it('writes a file that check finds right, and says what comes next', async () => {
    const file = join(await folderWith({}), 'windhover.yaml');
    const { code, stdout, stderr } = await windhover(['init', '-c', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Wrote ${file}. Next:\n  windhover run -c ${file}`);
    expect(await windhover(['check', '-c', file])).toEqual({ code: 0, stdout: `${file} is right.\n`, stderr: '' });
    const { stdout: explained } = await windhover(['explain', 'GET', 'http://any.example/healthz', '-c', file]);
    expect(explained).toContain('Answer: respond: answers 200');
  });

  it('has examples that are right too, once their # is taken away', async () => {
    const folder = await folderWith({ 'public/index.html': 'hi', 'sites/a.yaml': '# nothing yet' });
    const file = join(folder, 'windhover.yaml');
    await windhover(['init', '-c', file]);
    const text = (await readFile(file, 'utf8'))
      .replace(/^( *)# (hosts|upstreams| {2}app|include|limits|- path| {2}proxy| {2}static)/gm, '$1$2')
      .replace(/ {6}- path: \/\n {8}respond.*\n/, '');
    const changed = await folderWith({ 'w.yaml': text, 'public/index.html': 'hi', 'sites/a.yaml': '# nothing yet' });
    const checked = await windhover(['check', '-c', join(changed, 'w.yaml')]);
    expect(checked.stderr).toBe('');
    expect(text).toContain('\n      - path: /api\n        proxy: app\n');
  });

  it('keeps a file that exists, unless it is told to', async () => {
    const folder = await folderWith({ 'windhover.yaml': 'mine' });
    const file = join(folder, 'windhover.yaml');
    expect(await windhover(['init', '-c', file])).toEqual({
      code: 1,
      stdout: '',
      stderr: `${file} exists already: --force overwrites it.\n`,
    });
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect((await windhover(['init', '-c', file, '--force'])).code).toBe(0);
    expect(await readFile(file, 'utf8')).toContain('sites:');
  });

  it('says what is wrong with the place', async () => {
    expect((await windhover(['init', '-c', 'w.json'])).stderr).toBe('The file must end in .yaml, found "w.json".\n');
    const { code, stderr } = await windhover(['init', '-c', '/no/such/folder/w.yaml']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Cannot write \/no\/such\/folder\/w\.yaml: ENOENT/);
  });
});
