import { describe, expect, it } from 'vitest';
import { defineCommand } from './commands/command.ts';
import { configOption } from './commands/config-option.ts';
import { formatCommandHelp, formatHelp } from './format-help.ts';
import { parseCommand } from './parse-command.ts';

const run = () => 0;
const commands = [
  defineCommand({ name: 'run', summary: 'start the server', options: { config: configOption }, run }),
  defineCommand({ name: 'check', summary: 'look for mistakes', options: { config: configOption }, run }),
  defineCommand({
    name: 'ask',
    summary: 'ask for something',
    arguments: [
      { name: 'METHOD', summary: 'the method', choices: ['GET', 'POST'] },
      { name: 'URL', summary: 'the address' },
      { name: 'FILE', summary: 'a file', optional: true },
    ],
    options: {
      header: { type: 'string', short: 'H', value: 'field', summary: 'a field', multiple: true },
      json: { type: 'boolean', summary: 'as JSON' },
      level: { type: 'string', value: 'level', summary: 'how much', choices: ['low', 'high'] },
    },
    examples: ['windhover ask GET http://a/'],
    run,
  }),
];
const table = { commands, planned: ['reload'] };

describe('parseCommand()', () => {
  it.each([
    ['run', { kind: 'run', options: { config: './windhover.yaml' } }],
    ['check --config a.yaml', { kind: 'run', command: commands[1], options: { config: 'a.yaml' } }],
    ['run --config=a.yaml', { kind: 'run', options: { config: 'a.yaml' } }],
    ['-c a.yaml run', { kind: 'run', command: commands[0], options: { config: 'a.yaml' } }],
    ['--help', { kind: 'help', command: null }],
    ['help', { kind: 'help', command: null }],
    ['help run', { kind: 'help', command: commands[0] }],
    ['run -h', { kind: 'help', command: commands[0] }],
    ['ask --help', { kind: 'help', command: commands[2] }],
    ['-v', { kind: 'version' }],
    [
      'ask GET http://a/ -H A:1 --header=-B:2',
      {
        kind: 'run',
        arguments: ['GET', 'http://a/'],
        options: { header: ['A:1', '-B:2'], json: false, level: undefined },
      },
    ],
    ['ask POST /a f --json --level low', { arguments: ['POST', '/a', 'f'], options: { json: true, level: 'low' } }],
  ])('reads %s', (line, command) => {
    expect(parseCommand(line.split(' '), table)).toMatchObject(command);
  });

  it.each([
    ['', 'A command is missing: run, check or ask.'],
    ['chek', 'There is no command chek. Did you mean check?'],
    ['help chek', 'There is no command chek. Did you mean check?'],
    ['reload', 'The command reload is not built yet.'],
    ['reload --now', 'The command reload is not built yet.'],
    ['deploy', 'There is no command deploy.'],
    ['run --confg a.yaml', 'There is no option --confg. Did you mean --config?'],
    ['run --conf a.yaml', 'There is no option --conf. Did you mean --config?'],
    ['run --jsno', 'There is no option --jsno. If you mean --json: run has none, it belongs to ask.'],
    ['run --port 80', 'There is no option --port.'],
    ['run --json', 'run has no option --json: it belongs to ask.'],
    ['run -x', 'There is no option -x.'],
    ['run --config', '--config needs a file.'],
    ['run --config --help', '--config needs a file.'],
    ['run --config=', '--config needs a file.'],
    ['run -c a -c b', '-c is given twice.'],
    ['run --help=yes', '--help takes no value.'],
    ['run a.yaml', 'run takes no "a.yaml": name the file with --config.'],
    ['ask', 'ask needs GET|POST URL [FILE]: METHOD is missing.'],
    ['ask GET', 'ask needs GET|POST URL [FILE]: URL is missing.'],
    ['ask GTE /', 'METHOD must be GET or POST, found "GTE". Did you mean GET?'],
    ['ask GET / f g', 'ask takes no "g".'],
    ['ask GET / --level mid', '--level must be low or high.'],
  ])('says what is wrong with "%s"', (line, message) => {
    expect(parseCommand(line.split(' ').filter(Boolean), table)).toMatchObject({ kind: 'misuse', message });
  });
});

describe('formatHelp()', () => {
  it('lists the commands and the options that all of them have', () => {
    expect(formatHelp(commands)).toContain(`Commands:
  run     start the server
  check   look for mistakes
  ask     ask for something

Options:
  -h, --help      this text
  -v, --version   the version
`);
  });
});

describe('formatCommandHelp()', () => {
  it('explains one command', () => {
    expect(formatCommandHelp(commands[2]!)).toBe(`Usage: windhover ask GET|POST URL [FILE] [options]

Ask for something.

Arguments:
  METHOD   the method
  URL      the address
  FILE     a file

Options:
  -H, --header <field>   a field; may be given several times
      --json             as JSON
      --level <level>    how much
  -h, --help             this text

Examples:
  windhover ask GET http://a/
`);
  });
});
