import type { AppStatus, TailLine } from '@windhover/app-pool';
import { formatApps, formatTail } from '../format-apps.ts';
import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { control } from './control.ts';

const actions = ['list', 'start', 'stop', 'recycle', 'logs'] as const;

/** What is said when an action is done. */
const done = { start: 'Started', stop: 'Stopped', recycle: 'Recycling' } as const;

/** `windhover app`: manages the applications of a running server. */
export const appCommand = defineCommand({
  name: 'app',
  summary: 'list, start, stop and recycle applications, and show what they write',
  arguments: [
    { name: 'ACTION', summary: 'what to do; default: list', optional: true, choices: actions },
    { name: 'NAME', summary: 'the application, as under `apps`', optional: true },
  ],
  details:
    'stop finishes the requests under way; later ones get 503 until a start. recycle replaces the processes without losing a request. A server with `workers: 0` cannot be asked.',
  examples: ['windhover app list', 'windhover app recycle shop-api', 'windhover app logs shop-api --lines 50'],
  options: {
    config: configOption,
    lines: { type: 'string', value: 'number', summary: 'how many lines logs shows, at most 500', default: '100' },
    json: { type: 'boolean', summary: 'as JSON, for programs' },
  },
  run({ options: { config, lines, json }, arguments: [action = 'list', name], env, out, err }) {
    const wrong = problemOf(action, name, lines);
    if (wrong !== null) {
      err(`${wrong}\nSee windhover app --help.\n`);
      return 2;
    }
    const tell = (answer: object | null): void => {
      if (json) out(`${JSON.stringify(answer, null, 2)}\n`);
      else if (action === 'list') out(formatApps(answer as readonly AppStatus[], Date.now()));
      else if (action === 'logs') out(formatTail(answer as readonly TailLine[]));
      else out(`${done[action as keyof typeof done]} ${name}.\n`);
    };
    const request = { action, name: name ?? null, lines: Number(lines) };
    return control<object | null>(config, 'app', { env, err }, tell, { request });
  },
});

function problemOf(action: string, name: string | undefined, lines: string): string | null {
  if (!/^[0-9]{1,6}$/.test(lines)) return `--lines takes a number, found ${lines}.`;
  return action !== 'list' && name === undefined ? `${action} takes the name of an application.` : null;
}
