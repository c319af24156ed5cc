import { existsSync } from 'node:fs';
import { type ControlOptions, controlSupervisor, SupervisorError } from '@windhover/supervisor';
import { controlPath } from '../control-path.ts';
import { findServer } from '../find-server.ts';
import { oneProcessPlan } from '../one-process-plan.ts';
import type { CommandInput } from './command.ts';

type Surroundings = Pick<CommandInput, 'env' | 'err'>;

/**
 * Sends a command to the server that runs with a configuration file, and gives its answer to `tell`. Returns the exit code: 1 with the
 * reason on stderr if there is no such server, or if it refuses.
 */
export async function control<Answer extends object | null>(
  config: string,
  command: string,
  { env, err }: Surroundings,
  tell: (answer: Answer) => void,
  options: ControlOptions = {},
): Promise<number> {
  const surroundings = { env, uid: process.getuid?.() ?? 0 };
  const send = async (path: string): Promise<void> => tell((await controlSupervisor(path, command, options)) as Answer);
  try {
    await send(controlPath(config, surroundings)).catch(async (error: unknown) => {
      const other = isAbsent(error) ? await findServer(config, surroundings) : null;
      if (other === null) throw error;
      await send(other);
    });
    return 0;
  } catch (error) {
    if (!SupervisorError.is(error)) throw error;
    err(`${isAbsent(error) ? await notRunning(config, env, error) : reasonOf(error)}\n`);
    return 1;
  }
}

/** Whether nobody listens there. A server that does not answer is another matter. */
function isAbsent(error: unknown): error is SupervisorError {
  if (!SupervisorError.is(error)) return false;
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}

async function notRunning(config: string, env: CommandInput['env'], error: SupervisorError): Promise<string> {
  if ((await oneProcessPlan(config, env)) !== null)
    return 'With `workers: 0` a server is one process, which commands cannot reach: SIGHUP reloads it, SIGTERM stops it, and `admin` serves a console.';
  if (!existsSync(config)) return `There is no file ${config}, and no server of this user that was started with it.`;
  return `No server of this user runs with ${config}: start it with \`windhover run --config ${config}\`. (${error.message})`;
}

/** What the server said. Its own faults come with a code that says nothing here. */
function reasonOf({ code, message }: SupervisorError): string {
  if (code === 'SUPERVISOR_UNREACHABLE') return `The server does not answer. (${message})`;
  return code === 'SUPERVISOR_INTERNAL' ? message.replace(/^[^:]*: /, '') : message;
}
