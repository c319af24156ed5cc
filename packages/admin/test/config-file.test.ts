import { writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ApiEdition, type ConfigFileOptions, createConfigFile } from '../src/index.ts';
import { bearer, codeOf, send, start } from './fixtures.ts';

/** A configuration that may not say `wrong`, and that cannot be used with `taken`. */
async function config(own: Partial<ConfigFileOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'windhover-config-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'windhover.yaml');
  await writeFile(file, 'one\n');
  let used = 'one\n';
  let edition = 1;
  const clock = createManualClock();
  const made = createConfigFile({
    ...{ file, history: join(folder, 'history'), clock },
    write: (text) => writeFileSync(file, text),
    validate: async (text) => ({
      ok: !text.includes('wrong'),
      problems: text.includes('wrong')
        ? [{ message: 'it is wrong', path: 'a', line: 1, column: 1, isWarning: false }]
        : [],
    }),
    async reload() {
      const text = await readFile(file, 'utf8');
      if (text.includes('taken')) throw new Error('port 80 is taken');
      used = text;
      edition += 1;
    },
    state: () => ({ file, edition, reloadedAt: null, error: null }),
    ...own,
  });
  const { handler } = start({ config: made }, { clock });
  const ask = async (method: string, path: string, body?: unknown, headers = {}) =>
    send(handler, method, path, {
      headers: { ...bearer('configure'), ...headers },
      ...(body === undefined ? {} : { body }),
    });
  const hash = async (): Promise<string> => ((await ask('GET', '/config')).json() as { hash: string }).hash;
  const put = async (text: string, note = '') => ask('PUT', '/config', { text, hash: await hash(), note });
  const history = async () => (await ask('GET', '/config/history')).json() as readonly ApiEdition[];
  return { folder, file, clock, ask, hash, put, history, used: () => used };
}

describe('the configuration', () => {
  it('is read with a hash, validated, applied, and remembered', async () => {
    const { ask, put, history, used, file } = await config();
    const read = await ask('GET', '/config');
    expect(read.json()).toMatchObject({
      text: 'one\n',
      edition: 1,
      readOnly: null,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect((await ask('POST', '/config/validate', { text: 'wrong' })).json()).toMatchObject({
      ok: false,
      problems: [{ line: 1 }],
    });
    const applied = await put('two\n', 'a second one');
    expect([applied.status, applied.json()]).toEqual([200, { edition: 2, hash: expect.any(String) }]);
    expect([used(), await readFile(file, 'utf8')]).toEqual(['two\n', 'two\n']);
    expect(await history()).toMatchObject([
      { user: 'token configure', note: 'a second one', isCurrent: true },
      { user: '', note: 'the first one', isCurrent: false },
    ]);
  });

  it('is not replaced by somebody who has not seen the present one (races of `hash` and ETag)', async () => {
    const { ask, hash, put, used, file } = await config();
    const old = await hash();
    const tag = (await ask('GET', '/config')).headers.get('etag')!;
    const both = await Promise.all([
      ask('PUT', '/config', { text: 'two\n', hash: old }),
      ask('PUT', '/config', { text: 'three\n', hash: old }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(codeOf(both.find(({ status }) => status === 409)!)).toBe('ADMIN_CONFIG_CHANGED');
    expect(await ask('PUT', '/config', { text: 'four\n' }, { 'If-Match': tag })).toMatchObject({ status: 409 });
    expect(await ask('PUT', '/config', { text: 'four\n' })).toMatchObject({ status: 400 });
    await writeFile(file, 'by hand\n');
    expect(await ask('PUT', '/config', { text: 'five\n', hash: await hash() }, {})).toMatchObject({ status: 200 });
    const now = (await ask('GET', '/config')).headers.get('etag')!;
    expect(await ask('PUT', '/config', { text: 'six\n' }, { 'If-Match': now })).toMatchObject({ status: 200 });
    expect(used()).toBe('six\n');
    expect(await put('seven\n')).toMatchObject({ status: 200 });
  });

  it('stays as it was if the new one is wrong, or cannot be used', async () => {
    const { put, history, used, file } = await config();
    const wrong = await put('wrong\n');
    expect([wrong.status, wrong.json()]).toEqual([
      422,
      expect.objectContaining({
        code: 'ADMIN_CONFIG_WRONG',
        ok: false,
        problems: [expect.objectContaining({ path: 'a' })],
      }),
    ]);
    const taken = await put('taken\n');
    expect([taken.status, taken.json()]).toEqual([
      422,
      expect.objectContaining({ problems: [expect.objectContaining({ message: 'port 80 is taken', line: null })] }),
    ]);
    expect([used(), await readFile(file, 'utf8')]).toEqual(['one\n', 'one\n']);
    expect(await history()).toHaveLength(1);
  });

  it('does not lose what somebody writes by hand while a change is validated, or while it is used', async () => {
    const made = await config({
      async validate() {
        await writeFile(made.file, 'by hand\n');
        return { ok: true, problems: [] };
      },
    });
    const answer = await made.put('two\n');
    expect([answer.status, codeOf(answer)]).toEqual([409, 'ADMIN_CONFIG_CHANGED']);
    expect([await readFile(made.file, 'utf8'), made.used()]).toEqual(['by hand\n', 'one\n']);
    const given: string[] = [];
    const other = await config({
      write(text, before) {
        given.push(before);
        writeFileSync(other.file, text);
      },
      async reload() {
        await writeFile(other.file, 'by hand\n');
        throw new Error('port 80 is taken');
      },
    });
    expect(await other.put('two\n')).toMatchObject({ status: 422 });
    expect([await readFile(other.file, 'utf8'), given]).toEqual(['by hand\n', ['one\n']]);
  });

  it('shows what has changed, and goes back', async () => {
    const { ask, put, history, used } = await config();
    await put('one\ntwo\n');
    const [second, first] = await history();
    const diff = (await ask('GET', `/config/history/${first!.id}/diff`)).json() as { diff: string };
    expect(diff.diff).toBe(`--- ${first!.id}\n+++ present\n@@ -1,1 +1,2 @@\n one\n+two\n`);
    const other = (await ask('GET', `/config/history/${second!.id}/diff?to=${first!.id}`)).json();
    expect(other).toMatchObject({ diff: expect.stringContaining('\n-two\n') });
    expect((await ask('GET', `/config/history/${second!.id}`)).json()).toEqual({ text: 'one\ntwo\n' });
    const back = (body: unknown, headers = {}) => ask('POST', `/config/history/${first!.id}/rollback`, body, headers);
    expect(await back({})).toMatchObject({ status: 400 });
    for (const answer of [await back({ hash: first!.hash }), await back({}, { 'If-Match': '"old"' })])
      expect([answer.status, codeOf(answer)]).toEqual([409, 'ADMIN_CONFIG_CHANGED']);
    expect(await back({ hash: second!.hash })).toMatchObject({ status: 200 });
    expect(used()).toBe('one\n');
    expect((await history())[0]).toMatchObject({ note: `back to ${first!.id}`, isCurrent: true });
  });

  it.each(['%252e%252e%252fpasswd', '20260101T000000000Z-00000000', 'x'])('has no edition %s', async (id) => {
    const { ask } = await config();
    expect(await ask('GET', `/config/history/${id}`)).toMatchObject({ status: 404 });
    expect(await ask('POST', `/config/history/${id}/rollback`, {})).toMatchObject({ status: 404 });
  });

  it('keeps the first text when it is in use, not before', async () => {
    let isUsed = false;
    const { history, file, put } = await config({ isUsed: () => isUsed });
    expect(await history()).toEqual([]); // it starts
    isUsed = true;
    expect(await history()).toMatchObject([{ note: 'the first one', edition: 1, isCurrent: true }]);
    isUsed = false; // a reload has failed
    await writeFile(file, 'broken by hand\n');
    expect(await history()).toMatchObject([{ note: 'the first one', isCurrent: false }]);
    expect(await put('two\n', 'mended')).toMatchObject({ status: 200 });
    expect(await history()).toMatchObject([
      { note: 'mended', edition: 2, isCurrent: true },
      { note: 'edited by hand, never in effect', edition: null },
      { note: 'the first one', edition: 1 },
    ]);
  });

  it('notices a change by hand, and keeps a bounded number', async () => {
    const { file, folder, put, history, clock } = await config({ keep: 3 });
    await put('two\n');
    await writeFile(file, 'by hand\n');
    expect(await history()).toMatchObject([{ user: '', note: 'edited by hand', isCurrent: true }, {}, {}]);
    for (const text of ['a\n', 'b\n', 'c\n', 'd\n']) {
      clock.advance(10);
      await put(text);
    }
    expect(await history()).toHaveLength(3);
    expect(await readdir(join(folder, 'history'))).toHaveLength(3);
  });

  it('is kept where only its owner can read it', async () => {
    const { folder, put } = await config();
    await put('two\n');
    const [name] = await readdir(join(folder, 'history'));
    expect((await stat(join(folder, 'history'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'history', name!))).mode & 0o777).toBe(0o600);
  });

  it('says why it cannot be edited, and works without a history', async () => {
    const { put } = await config({ readOnly: () => 'it is a module' });
    const answer = await put('two\n');
    expect([answer.status, answer.text()]).toEqual([409, expect.stringContaining('it is a module')]);
    const without = await config({ history: null });
    expect(await without.put('two\n')).toMatchObject({ status: 200 });
    expect(await without.history()).toEqual([]);
  });

  it('is shown only to those who may change it', async () => {
    const { ask } = await config();
    for (const path of ['/config', '/config/history'])
      expect(await ask('GET', path, undefined, bearer('operate'))).toMatchObject({ status: 403 });
  });
});
