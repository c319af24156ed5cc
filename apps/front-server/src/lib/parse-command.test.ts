import { describe, expect, it } from 'vitest';
import { parseCommand } from './parse-command.ts';

describe('parseCommand()', () => {
  it.each([
    ['run', { kind: 'run', config: './windhover.yaml' }],
    ['check --config a.yaml', { kind: 'check', config: 'a.yaml' }],
    ['run --config=a.yaml', { kind: 'run', config: 'a.yaml' }],
    ['-c a.yaml run', { kind: 'run', config: 'a.yaml' }],
    ['--help', { kind: 'help' }],
    ['run -h', { kind: 'help' }],
    ['-v', { kind: 'version' }],
  ])('reads %s', (line, command) => {
    expect(parseCommand(line.split(' '))).toEqual(command);
  });

  it.each([
    ['', 'A command is missing: run or check.'],
    ['chek', 'There is no command chek. Did you mean check?'],
    ['reload', 'The command reload is not built yet.'],
    ['deploy', 'There is no command deploy.'],
    ['run --confg a.yaml', 'There is no option --confg. Did you mean --config?'],
    ['run --port 80', 'There is no option --port.'],
    ['run -x', 'There is no option -x.'],
    ['run --config', '--config needs a file.'],
    ['run --help=yes', '--help takes no value.'],
    ['run a.yaml', 'run takes no "a.yaml": name the file with --config.'],
  ])('says what is wrong with "%s"', (line, message) => {
    expect(parseCommand(line.split(' ').filter(Boolean))).toEqual({ kind: 'misuse', message });
  });
});
