import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appFile, spawnApp, startApp, temporaryFolder, until } from './app-process.ts';

async function text(url: string): Promise<string> {
  return (await fetch(url)).text();
}

describe('--watch', () => {
  it('goes on when the folder is built anew', async () => {
    const folder = join(await temporaryFolder(), 'dist');
    const build = async (body: string): Promise<void> => {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
      await writeFile(join(folder, 'app.mjs'), `export default ({ response }) => { response.body = ${body}; };`);
    };
    await build('"one"');
    const app = await startApp(join(folder, 'app.mjs'), '--watch');
    for (const version of ['two', 'three']) {
      await build(`"${version}"`);
      await until(async () => (await text(app.url)) === version);
    }
  });

  it('tries again what is broken when it is started', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'app.mjs');
    await writeFile(join(folder, 'part.mjs'), 'export const body = "one"\nexport const x = ;');
    await writeFile(
      file,
      "import { body } from './part.mjs';\nexport default ({ response }) => { response.body = body; };",
    );
    const app = spawnApp([file, '--watch', '--port', '0']);
    await app.says(`It is tried again when a file in ${folder} changes`);
    expect(app.said()).toContain(`${join(folder, 'part.mjs')}:2\n    export const x = ;\n`);
    await writeFile(join(folder, 'part.mjs'), 'export const body = "one"; throw new Error("still broken")');
    await app.says('still broken');
    await app.says(/(?:is tried again.*){2}/s);
    await writeFile(join(folder, 'part.mjs'), 'export const body = "two"');
    await app.says(/ stop +Ctrl/);
    expect(await text(/ open +(\S+)/.exec(app.said())![1]!)).toBe('two');
    app.child.kill('SIGINT');
    expect(await app.exited).toBe(0);
  });

  it('tries nothing again that no change of a file can mend', async () => {
    const busy = await startApp('handler.mjs');
    const app = spawnApp([appFile('handler.mjs'), '--watch', '--port', String(busy.port)]);
    expect([await app.exited, app.said()]).toEqual([1, expect.stringContaining('choose another port')]);
  });

  it('ends on a signal while it waits for a change', async () => {
    const file = join(await temporaryFolder(), 'app.mjs');
    await writeFile(file, 'throw new Error("broken")');
    const app = spawnApp([file, '--watch', '--port', '0']);
    await app.says('is tried again');
    app.child.kill('SIGINT');
    expect(await app.exited).toBe('SIGINT');
  });

  it('does not start anew because of what it writes into the folder itself', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'app.mjs');
    await writeFile(file, 'export default ({ response }) => { response.body = "one"; };');
    const log = await open(join(folder, 'app.log'), 'a');
    const app = spawnApp([file, '--watch', '--port', '0'], {}, ['ignore', log.fd, log.fd]);
    const logged = (): Promise<string> => readFile(join(folder, 'app.log'), 'utf8');
    await until(async () => / stop +Ctrl/.test(await logged()));
    const url = / open +(\S+)/.exec(await logged())![1]!;
    for (const version of ['two', 'three']) {
      await writeFile(file, `export default ({ response }) => { response.body = "${version}"; };`);
      await until(async () => (await text(url)) === version);
    }
    app.child.kill('SIGTERM');
    expect(await app.exited).toBe(0);
    expect((await logged()).match(/Started anew/g)).toHaveLength(2);
    await log.close();
  });

  it('starts anew with what has changed, and stays with what ran if that is broken', async () => {
    const file = join(await temporaryFolder(), 'app.mjs');
    const write = (body: string): Promise<void> =>
      writeFile(file, `export default ({ response }) => { response.body = ${body}; };`);
    await write('"one"');
    const app = await startApp(file, '--watch');
    expect(await text(app.url)).toBe('one');
    await write('"two"');
    await until(async () => (await text(app.url)) === 'two');
    await write('"three');
    await app.says('SyntaxError');
    expect(await text(app.url)).toBe('two');
    await write('"four"');
    await until(async () => (await text(app.url)) === 'four');
  });
});
