import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { allCommands } from '../src/lib/commands/all-commands.ts';
import { bashCompletion } from '../src/lib/completion/bash-completion.ts';
import { fishCompletion } from '../src/lib/completion/fish-completion.ts';
import { zshCompletion } from '../src/lib/completion/zsh-completion.ts';
import { temporaryFolder } from './front-server-fixtures.ts';

/** What bash offers for the last of the words, in a folder with some files. */
async function complete(...words: string[]): Promise<string[]> {
  const folder = await temporaryFolder();
  mkdirSync(join(folder, 'sites'));
  writeFileSync(join(folder, 'my config.yaml'), '');
  const quoted = ['windhover', ...words].map((word) => `'${word}'`).join(' ');
  const script = `${bashCompletion(allCommands)}
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}
_windhover
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script], { cwd: folder, encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\n').filter((line) => line !== '');
}

describe.skipIf(!hasPeer('bash'))('bash', () => {
  it.each([
    [['ch'], ['check']],
    [['--v'], ['--version']],
    [
      ['check', '--'],
      ['--config', '--help'],
    ],
    [['check', '--config', 'my'], ['my config.yaml']],
    [
      ['explain', '-'],
      ['--config', '-c', '--header', '-H', '--client', '--json', '--help', '-h'],
    ],
    [
      ['proxy', ':3000', '--host', ''],
      ['client', 'upstream'],
    ],
    [['completion', 'z'], ['zsh']],
    [['serve', 's'], ['sites']],
    [['-c', 'my config.yaml', 'check', '--c'], ['--config']],
    [['nonsense'], []],
  ])('completes windhover %j', async (words, offered) => {
    expect(await complete(...words)).toEqual(offered);
  });

  it('offers every command', async () => {
    expect(await complete('')).toEqual(expect.arrayContaining(allCommands.map(({ name }) => name)));
  });
});

describe.each([
  ['zsh', zshCompletion(allCommands)],
  ['fish', fishCompletion(allCommands)],
])('%s', (_shell, script) => {
  it('knows every command with its options', () => {
    for (const { name, options } of allCommands) {
      expect(script).toContain(name);
      for (const option of Object.keys(options)) expect(script).toMatch(new RegExp(`(--|-l )${option}\\b`));
    }
  });
});
