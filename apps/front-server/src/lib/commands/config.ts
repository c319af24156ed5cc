import { readFileSync } from 'node:fs';
import type { ApiApplied, ApiConfig, ApiEdition } from '@windhover/admin';
import type { AdminClient } from '../admin/admin-client.ts';
import { describeFileError } from '../describe-file-error.ts';
import { type CommandInput, defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { urlOption, withAdmin } from './with-admin.ts';

const actions = ['history', 'diff', 'rollback', 'apply'] as const;

interface Job extends Pick<CommandInput, 'out'> {
  readonly client: AdminClient;
  readonly what: string | undefined;
  /** Of the file that is applied. */
  readonly text: string;
  readonly to: string | undefined;
  readonly note: string;
  readonly json: boolean;
}

/** `windhover config`: earlier configurations of a running server. */
export const configCommand = defineCommand({
  name: 'config',
  summary: 'list earlier configurations, show changes, go back, or apply a file',
  arguments: [
    { name: 'ACTION', summary: 'what to do', choices: actions },
    {
      name: 'WHAT',
      summary: 'diff and rollback: an edition of the history; apply: a file',
      optional: true,
      completes: 'file',
    },
  ],
  details: 'The server must have `admin`. A configuration that is wrong, or cannot be used, changes nothing.',
  examples: [
    'windhover config history',
    'windhover config diff 20260301T120000000Z-1a2b3c4d',
    'windhover config apply new.yaml --note "more workers"',
  ],
  options: {
    config: configOption,
    url: urlOption,
    to: { type: 'string', value: 'edition', summary: 'diff: up to this edition; default: the present text' },
    note: { type: 'string', value: 'text', summary: 'why, for the history', default: '' },
    json: { type: 'boolean', summary: 'as JSON, for programs' },
  },
  run({ options: { config, url, to, note, json }, arguments: [action, what], env, out, err }) {
    if (action !== 'history' && what === undefined) {
      err(`${action} takes ${action === 'apply' ? 'a file' : 'an edition'}.\nSee windhover config --help.\n`);
      return 2;
    }
    let text = '';
    try {
      if (action === 'apply') text = readFileSync(what!, 'utf8');
    } catch (error) {
      err(`${describeFileError(what!, error as Error)}\n`);
      return 1;
    }
    const run = commands[action as (typeof actions)[number]];
    return withAdmin({ config, url }, { env, err }, (client) => run({ client, what, text, to, note, json, out }));
  },
});

const commands = { history, diff, rollback, apply };

async function history({ client, json, out }: Job): Promise<number> {
  const editions = await client.json<readonly ApiEdition[]>('GET', '/config/history');
  if (json) out(`${JSON.stringify(editions, null, 2)}\n`);
  else if (editions.length === 0) out('There is no history.\n');
  else for (const edition of editions) out(`${formatEdition(edition)}\n`);
  return 0;
}

function formatEdition({ id, edition, user, note, isCurrent }: ApiEdition): string {
  const who = user === '' ? '' : `  ${user}`;
  const number = edition === null ? '' : `  edition ${edition}`;
  return `${isCurrent ? '*' : ' '} ${id}${number}${who}${note === '' ? '' : `  ${note}`}`;
}

async function diff({ client, what, to, json, out }: Job): Promise<number> {
  const query = to === undefined ? '' : `?to=${encodeURIComponent(to)}`;
  const answer = await client.json<{ readonly diff: string }>(
    'GET',
    `/config/history/${encodeURIComponent(what!)}/diff${query}`,
  );
  out(json ? `${JSON.stringify(answer)}\n` : answer.diff);
  return 0;
}

async function rollback({ client, what, note, json, out }: Job): Promise<number> {
  const path = `/config/history/${encodeURIComponent(what!)}/rollback`;
  const { hash } = await client.json<ApiConfig>('GET', '/config');
  return tell(await client.json<ApiApplied>('POST', path, { hash, note }), { json, out });
}

async function apply({ client, text, note, json, out }: Job): Promise<number> {
  const { hash } = await client.json<ApiConfig>('GET', '/config');
  return tell(await client.json<ApiApplied>('PUT', '/config', { text, hash, note }), { json, out });
}

function tell(applied: ApiApplied, { json, out }: Pick<Job, 'json' | 'out'>): number {
  out(json ? `${JSON.stringify(applied)}\n` : `Applied: edition ${applied.edition} is in use.\n`);
  return 0;
}
