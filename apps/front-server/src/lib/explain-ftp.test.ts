import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, windhover } from './commands/command-fixtures.ts';

const text = `
users: { staff: { list: { ada: '$2b$04$abcdefghijklmnopqrstuuJ8B5v6XH2r3v4mM0n8oVwJzjQ9xXb4W' } } }
ftp:
  - listen: 2121
    tls: none
    root: .
    isolation: isolate-root
    users: staff
    anonymous: true
    folders: { /shared: ./shared, /shared/deep: . }
    quota: 1KB
    rules: [{ users: [ada] }, { users: ['?'], to: [read] }, { access: deny, path: /shared, to: [write] }]
    hosts: { two.example: { root: ., anonymous: true } }
sites: { a: { routes: [{ path: /, respond: x }] } }
`;

async function explain(...args: string[]) {
  const folder = await folderWith({ 'windhover.yaml': text, 'shared/a.txt': 'a' });
  const said = await windhover(['explain', ...args, '-c', join(folder, 'windhover.yaml')]);
  return { ...said, folder };
}

describe('windhover explain of FTP', () => {
  it('says where the files of a user are, and which rule decides', async () => {
    const { code, stdout, folder } = await explain('STOR', 'ftp://ada@localhost:2121/x/a%20b.txt');
    expect(code).toBe(0);
    expect(stdout).toContain('STOR ftp://ada@localhost:2121/x/a%20b.txt');
    expect(stdout).toContain(`${folder}/LocalUser/ada/x/a b.txt, as isolation is isolate-root`);
    expect(stdout).toContain('rules[0] allows it');
    expect(stdout).toContain('1000 bytes');
    expect(stdout).toContain('Answer: does it, if its folder is there');
  });

  it.each([
    ['STOR', 'ftp://ada@localhost:2121/shared/b', /rules\[2\] denies it[\s\S]*Answer: 550/],
    ['RETR', 'ftp://ada@localhost:2121/shared/deep/b', /`folders` has \/shared\/deep/],
    ['RETR', 'ftp://localhost:2121/a', /LocalUser\/Public\/a/],
    ['STOR', 'ftp://localhost:2121/a', /no rule allows it/],
    ['RETR', 'ftp://two.example:2121/a', /two\.example, if the client sends HOST/],
    ['RETR', 'ftp://bob@two.example:2121/a', /530: there are no `users`/],
    ['RETR', 'ftps://ada@localhost:2121/a', /TLS begins with AUTH TLS/],
    ['RETR', 'ftp://localhost/a', /nothing listens at port 21: FTP listens at \[?\S*2121/],
  ])('%s %s', async (verb, url, expected) => {
    const { code, stdout } = await explain(verb, url);
    expect([code, stdout]).toEqual([0, expect.stringMatching(expected)]);
  });

  it('says it to programs too, and what it cannot explain', async () => {
    const { stdout } = await explain('RETR', 'ftp://localhost:2121/a', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      verb: 'RETR',
      facts: [
        ['server', expect.any(String)],
        ['host', expect.any(String)],
        ['TLS', expect.any(String)],
        ['login', 'anonymous'],
        ['files', expect.any(String)],
        ['rule', 'rules[1] allows it'],
      ],
    });
    const broken = await explain('RETR', 'ftp://localhost:2121/%zz');
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('URL must be such as')]);
    const wrong = await explain('GET', 'ftp://localhost/a');
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('METHOD must be a command of FTP about a path'),
    ]);
  });
});
