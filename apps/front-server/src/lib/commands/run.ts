import { systemClock } from '@windhover/core';
import { becomeInit, inheritedSockets, SupervisorError } from '@windhover/supervisor';
import { alreadyRunning } from '../already-running.ts';
import { restoreEdit } from '../pending-edit.ts';
import { runSupervised } from '../run-supervised.ts';
import { readServerPlan } from '../server-plan.ts';
import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';

/** `windhover run`: starts the server, and ends when it has stopped. */
export const runCommand = defineCommand({
  name: 'run',
  summary: 'start the server',
  details:
    'SIGHUP takes the configuration anew, SIGUSR1 opens log files again, SIGTERM and SIGINT finish the requests under way; a second one ends at once.',
  options: { config: configOption },
  async run({ options: { config }, env, version, err }) {
    becomeInit(); // as PID 1 of a container it would have to clean up after other processes
    if (restoreEdit(config))
      err(`${config} has its text of before again: the server was killed while it tried another one.\n`);
    const { plan } = await readServerPlan(config, env, systemClock);
    // What is wrong with the configuration, the server itself says. Windows has no sockets that processes can share.
    const isAlone = plan === null || plan.workers === 0 || process.platform === 'win32';
    if (isAlone) {
      const { runServer } = await import('../run-server.ts');
      const other = async (): Promise<string> => {
        const running = await alreadyRunning(config, { env, uid: process.getuid?.() ?? 0 });
        return running === null ? '' : `${running}\n`;
      };
      return runServer(config, version, other);
    }
    try {
      return await runSupervised({ plan, version, env, inherited: inheritedSockets(env) });
    } catch (error) {
      if (!SupervisorError.is(error)) throw error; // a bug: show its stack
      err(`${error.message}\n`); // what systemd passes on is not valid
      return 1;
    }
  },
});
