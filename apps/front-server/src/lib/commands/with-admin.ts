import type { AdminAccess } from '../admin/admin-access.ts';
import type { AdminClient, AdminRefusal as Refusal } from '../admin/admin-client.ts';
import type { CommandInput, CommandOption } from './command.ts';
import { control } from './control.ts';

/** `--url`: where a command of the management API goes. */
export const urlOption = {
  type: 'string',
  value: 'url',
  summary:
    'the management API of another machine, with the token in WINDHOVER_TOKEN; default: the server of this user that runs with the configuration',
} as const satisfies CommandOption;

/**
 * Runs a command over the management API. Returns the exit code of `use`, or 1 with the reason on stderr.
 *
 * @param url `undefined`: the server of this machine
 */
export async function withAdmin(
  { config, url }: { readonly config: string; readonly url: string | undefined },
  { env, err }: Pick<CommandInput, 'env' | 'err'>,
  use: (client: AdminClient) => Promise<number>,
): Promise<number> {
  const { AdminClient: Client, AdminRefusal } = await import('../admin/admin-client.ts');
  let client: AdminClient | null = null;
  if (url === undefined) {
    const code = await control<AdminAccess & object>(config, 'admin', { env, err }, (access) => {
      client = Client.local(access);
    });
    if (code !== 0) return code;
  } else {
    const { WINDHOVER_TOKEN: token = '' } = env;
    if (!URL.canParse(url) || token === '') {
      err(token === '' ? 'Set WINDHOVER_TOKEN to the token.\n' : `--url takes a URL, found ${url}.\n`);
      return 2;
    }
    client = Client.remote(url, token);
  }
  try {
    return await use(client!);
  } catch (error) {
    const text =
      error instanceof AdminRefusal
        ? describe(error)
        : `The management API cannot be reached: ${(error as Error).message}`;
    err(`${text}\n`);
    return 1;
  }
}

function describe(error: Refusal): string {
  const { problems = [] } = error.problem;
  return [
    error.message,
    ...problems.map(({ line, message }) => `  ${line === null ? '' : `line ${line}: `}${message}`),
  ].join('\n');
}
