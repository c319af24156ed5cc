import { readFileSync } from 'node:fs';
import type { AdminAccess } from '../admin/admin-access.ts';
import type { AdminClient, AdminRefusal as Refusal } from '../admin/admin-client.ts';
import { oneProcessPlan } from '../one-process-plan.ts';
import type { CommandInput, CommandOption } from './command.ts';
import { control } from './control.ts';

/** `--url`: where a command of the management API goes. */
export const urlOption = {
  type: 'string',
  value: 'url',
  summary:
    'the management API of another machine, with the token in WINDHOVER_TOKEN; default: the server of this user that runs with the configuration (with `workers: 0` it needs WINDHOVER_TOKEN too)',
} as const satisfies CommandOption;

/**
 * Runs a command over the management API. Returns the exit code of `use`, or 1 with the reason on stderr. What `use` reads of files is read
 * before, so that their faults are not told as those of the API.
 *
 * @param url `undefined`: the server of this machine
 * @param lacks what is said if the server does not offer what `use` asks for
 */
export async function withAdmin(
  { config, url }: { readonly config: string; readonly url: string | undefined },
  { env, err }: Pick<CommandInput, 'env' | 'err'>,
  use: (client: AdminClient) => Promise<number>,
  { lacks }: { readonly lacks?: string } = {},
): Promise<number> {
  const { AdminClient: Client, AdminRefusal, AdminUnreachable } = await import('../admin/admin-client.ts');
  const tell = (text: string, code: number): number => {
    err(`${text.trimEnd()}\n`);
    return code;
  };
  let client: AdminClient;
  if (url === undefined) {
    const access = await localAccess(config, env);
    if (typeof access === 'string') return tell(access, 1);
    client = Client.local(access);
  } else {
    const { WINDHOVER_TOKEN: token = '' } = env;
    if (token === '') return tell('Set WINDHOVER_TOKEN to the token.', 2);
    if (!URL.canParse(url)) return tell(`--url takes a URL, found ${url}.`, 2);
    client = Client.remote(url, token);
  }
  try {
    return await use(client);
  } catch (error) {
    if (error instanceof AdminUnreachable) return tell(error.message, 1);
    if (!(error instanceof AdminRefusal)) throw error; // a bug
    return tell(lacks !== undefined && error.problem.code === 'ADMIN_NOT_OFFERED' ? lacks : describe(error), 1);
  }
}

/** How the server of this user is reached that runs with a configuration. Returns why it cannot be, otherwise. */
async function localAccess(config: string, env: CommandInput['env']): Promise<AdminAccess | string> {
  let [found, said]: [AdminAccess | null, string] = [null, ''];
  await control<AdminAccess>(config, 'admin', { env, err: (text) => (said += text) }, (access) => {
    found = access;
  });
  return found ?? (await oneProcessAccess(config, env)) ?? said;
}

/** A server that is one process has no control socket. It is found by the configuration, and takes only tokens that stand there. */
async function oneProcessAccess(config: string, env: CommandInput['env']): Promise<AdminAccess | string | null> {
  const plan = await oneProcessPlan(config, env);
  if (plan === null) return null;
  if (plan.admin === null) return 'The configuration has no `admin`: the server has no management API';
  const { listen, tls } = plan.admin;
  const { WINDHOVER_TOKEN: token = '' } = env;
  const isKnown = 'path' in listen || listen.port > 0;
  if (token !== '' && isKnown)
    return { address: listen, token, certificate: tls === null ? null : readFileSync(tls.certFile, 'utf8') };
  const where = isKnown ? '' : ', and --url to where it listens';
  return `With \`workers: 0\` the server takes commands of the management API only with a token: set WINDHOVER_TOKEN to one of \`admin: { tokens: … }\`, made with \`windhover tokens create\`${where}.`;
}

function describe(error: Refusal): string {
  const { problems = [] } = error.problem;
  return [
    error.message,
    ...problems.map(({ line, message }) => `  ${line === null ? '' : `line ${line}: `}${message}`),
  ].join('\n');
}
