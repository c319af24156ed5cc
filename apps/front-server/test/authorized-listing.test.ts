import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { curl, execute, startServer, temporaryFolder } from './front-server-fixtures.ts';

it('shows in listings and archives only what rules by path let the user ask for', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'docs/secret'), { recursive: true });
  await mkdir(join(folder, 'docs/open'));
  for (const name of ['a.txt', 'plan b.txt', 'secret/x.txt', 'open/y.txt', 'open/key.pem', 'ünter.txt'])
    await writeFile(join(folder, 'docs', name), name);
  const { url } = await startServer(`users: { staff: { list: { ada: $apr1$abc$PZF73YJz5hJ9yyI.7OP.R. } } }
sites:
  a:
    auth: { basic: staff, optional: true }
    authorize:
      - { allow: { user: ada } }
      - { deny: { path: [/files/docs/secret, /files/docs/plan%20b.txt, /files/docs/%C3%BCnter.txt, /files/docs/open/key.pem] } }
      - { allow: everyone }
    routes: [{ path: /files, static: { root: "${folder}", listing: true, zip: { maxSize: 1MB } } }]
`);
  const listed = async (path: string, ...args: string[]): Promise<string[]> => {
    const { body } = await curl('-H', 'Accept: application/json', ...args, `${url}/files/${path}`);
    return (JSON.parse(body) as { entries: { name: string }[] }).entries.map(({ name }) => name).sort();
  };
  const zipped = async (path: string, ...args: string[]): Promise<string[]> => {
    const file = join(await temporaryFolder(), 'all.zip');
    await execute('curl', ['-sS', '-o', file, ...args, `${url}/files/${path}?zip`]);
    return namesIn(await readFile(file)).sort();
  };
  const ada = ['-u', 'ada:secret'];
  expect((await curl(`${url}/files/docs/secret/x.txt`)).status).toBe(401);
  expect(await listed('docs/')).toEqual(['a.txt', 'open']);
  expect(await listed('docs/open/')).toEqual(['y.txt']);
  expect(await zipped('docs/')).toEqual(['a.txt', 'open/y.txt']);
  expect(await listed('docs/', ...ada)).toEqual(['a.txt', 'open', 'plan b.txt', 'secret', 'ünter.txt']);
  expect(await zipped('docs/', ...ada)).toHaveLength(6);
});

it('leaves out of listings and archives what another route takes', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'private'));
  await mkdir(join(folder, 'open'));
  for (const name of ['a.txt', 'private/s.txt', 'open/b.txt']) await writeFile(join(folder, name), name);
  const { url } = await startServer(`sites:
  a:
    routes:
      - { path: /files, static: { root: "${folder}", listing: true, zip: true } }
      - path: /files/private
        authorize: [{ allow: { network: 203.0.113.0/24 } }]
        static: { root: "${folder}/private" }
`);
  expect((await curl(`${url}/files/private/s.txt`)).status).toBe(403);
  const { body } = await curl('-H', 'Accept: application/json', `${url}/files/`);
  expect((JSON.parse(body) as { entries: { name: string }[] }).entries.map(({ name }) => name)).toEqual([
    'open',
    'a.txt',
  ]);
  const file = join(await temporaryFolder(), 'all.zip');
  await execute('curl', ['-sS', '-o', file, `${url}/files/?zip`]);
  expect(namesIn(await readFile(file)).sort()).toEqual(['a.txt', 'open/b.txt']);
});

/** The names in the directory at the end of a ZIP archive. */
function namesIn(archive: Buffer): string[] {
  const names: string[] = [];
  for (let at = archive.indexOf('PK\x01\x02'); at >= 0; at = archive.indexOf('PK\x01\x02', at + 46))
    names.push(archive.toString('utf8', at + 46, at + 46 + archive.readUInt16LE(at + 28)));
  return names;
}
