import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../commands/command-fixtures.ts';
import { validateText } from './validate-text.ts';

const sites = 'sites: { a: { routes: [{ path: /, respond: a }] } }';

describe('validateText()', () => {
  it('tells problems with their lines, and the name that was meant', async () => {
    const { ok, problems } = await validateText({ file: 'a.yaml', text: `\n${sites.replace('respond', 'resspond')}` });
    expect([ok, problems[0]]).toEqual([false, expect.objectContaining({ line: 2, isWarning: false })]);
    expect(problems[0]!.message).toMatch(/Did you mean `respond`\?$/);
  });

  it('names the file of a problem that is not in the text', async () => {
    const folder = await folderWith({ 'more.yaml': 'compress: 5\n' });
    const file = join(folder, 'a.yaml');
    const { problems } = await validateText({ file, text: `include: more.yaml\n${sites}` });
    expect(problems).toMatchObject([{ line: null, message: expect.stringContaining('more.yaml:1: ') }]);
  });

  it('tells warnings of a text that can be used', async () => {
    const text = 'sites: { a: { routes: [{ path: /, respond: a }, { path: /, methods: GET, respond: b }] } }';
    expect(await validateText({ file: 'a.yaml', text })).toMatchObject({ ok: true, problems: [{ isWarning: true }] });
  });
});
