import { parseArgs } from 'node:util';
import { nearestName } from '@windhover/options';

/** The request of the command line. */
export type Command =
  | { readonly kind: 'run' | 'check'; readonly config: string }
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'misuse'; readonly message: string };

const commands = ['run', 'check'] as const;
const planned = [
  'reload',
  'stop',
  'status',
  'explain',
  'print',
  'serve',
  'proxy',
  'init',
  'service',
  'certs',
  'users',
  'app',
];
const options = {
  config: { type: 'string', short: 'c' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** Parses the arguments after `node main.js`. */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false, // its own errors have no suggestions
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (!Object.hasOwn(options, token.name))
      return misuse(`There is no option ${token.rawName}.`, token.name, '--', Object.keys(options));
    if (token.name !== 'config' && token.value !== undefined) return misuse(`${token.rawName} takes no value.`);
  }
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const { config = './windhover.yaml' } = values;
  if (typeof config !== 'string' || config === '') return misuse('--config needs a file.');
  const [name, ...rest] = positionals;
  if (name === undefined) return misuse('A command is missing: run or check.');
  const kind = commands.find((command) => command === name);
  if (planned.includes(name)) return misuse(`The command ${name} is not built yet.`);
  if (kind === undefined) return misuse(`There is no command ${name}.`, name, '', commands);
  if (rest.length > 0) return misuse(`${kind} takes no ${JSON.stringify(rest[0])}: name the file with --config.`);
  return { kind, config };
}

function misuse(problem: string, written = '', prefix = '', names: readonly string[] = []): Command {
  const nearest = nearestName(written, names);
  const message = nearest === undefined ? problem : `${problem} Did you mean ${prefix}${nearest}?`;
  return { kind: 'misuse', message };
}
