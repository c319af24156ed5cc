import { accessSync, constants } from 'node:fs';

/**
 * `not-needed`: this process is not PID 1. `unavailable`: it is PID 1 and stays so; orphans that end become zombies.
 */
export type InitOutcome = 'not-needed' | 'unavailable';

const shell = '/bin/sh';

/**
 * The script of the new PID 1: it starts the program, passes signals on, waits for all children including adopted
 * orphans, and ends as the program does. A shell waits for any child; Node cannot. Descriptor 3 keeps standard input,
 * which a shell takes away from background jobs.
 */
const script = `
for signal in HUP INT QUIT TERM USR1 USR2; do trap "early=$signal" $signal; done
exec 3<&0
"$@" <&3 3<&- &
child=$!
for signal in HUP INT QUIT TERM USR1 USR2; do trap "kill -$signal $child 2>/dev/null" $signal; done
if [ -n "$early" ]; then kill -"$early" $child; fi
exec 3<&-
while :; do
  wait $child
  status=$?
  kill -0 $child 2>/dev/null || break
done
exit $status
`;

type Execve = (file: string, args: readonly string[], env: NodeJS.ProcessEnv) => never;

/**
 * For programs that may be PID 1, as in a container. It replaces this process by a tiny shell, which runs the program
 * again as its child, passes signals on and reaps orphans. Call it first, before anything is opened; if it is needed
 * and possible, it does not return. Needs Node 22.15 or newer and `/bin/sh`; it cannot take over systemd's sockets. If
 * it returns `unavailable`, run under an init (`docker run --init`).
 */
export function becomeInit(): InitOutcome {
  if (process.pid !== 1) return 'not-needed';
  const { execve } = process as { execve?: Execve };
  if (execve === undefined || process.env['LISTEN_FDS'] !== undefined || !isProgram(shell)) return 'unavailable';
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  return execve.call(process, shell, ['sh', '-c', script, 'init', ...again], process.env);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // missing or not executable, which was the question
  }
}
