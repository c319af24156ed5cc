import { type ControlOptions, controlSupervisor, SupervisorError, type SupervisorStatus } from '@windhover/supervisor';
import { controlPath } from '../control-path.ts';
import type { CommandInput } from './command.ts';

type Surroundings = Pick<CommandInput, 'env' | 'err'>;

/**
 * Sends a command to the server that runs with a configuration file, and gives its answer to `tell`. Returns the exit code: 1 with the
 * reason on stderr if there is no such server, or if it refuses.
 */
export async function control<Answer extends SupervisorStatus | null>(
  config: string,
  command: Answer extends null ? 'reload' | 'stop' : 'status',
  { env, err }: Surroundings,
  tell: (answer: Answer) => void,
  options: ControlOptions = {},
): Promise<number> {
  const path = controlPath(config, { env, uid: process.getuid?.() ?? 0 });
  try {
    tell((await controlSupervisor(path, command as 'status', options)) as Answer);
    return 0;
  } catch (error) {
    if (!SupervisorError.is(error)) throw error;
    err(`${error.code === 'SUPERVISOR_UNREACHABLE' ? notRunning(config, error) : reasonOf(error)}\n`);
    return 1;
  }
}

function notRunning(config: string, error: SupervisorError): string {
  return `No server of this user runs with ${config}: start it with \`windhover run --config ${config}\`. (${error.message})`;
}

/** What the server said. Its own faults come with a code that says nothing here. */
function reasonOf({ code, message }: SupervisorError): string {
  return code === 'SUPERVISOR_INTERNAL' ? message.replace(/^[^:]*: /, '') : message;
}
