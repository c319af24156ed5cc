import { execFile } from 'node:child_process';
import type { SupervisorLogger } from './logger.ts';

/** A message of some bytes to a socket of this machine. */
const timeoutMs = 5000;

/**
 * Tells systemd what goes on, by its own program: Node has no Unix datagrams. Does nothing without `NOTIFY_SOCKET`; a failure is a warning.
 * The unit needs `NotifyAccess=all`, because it is a child of the supervisor that speaks.
 */
export function notifySystemd(
  state: 'ready' | 'reloading' | 'stopping',
  status: string,
  log: SupervisorLogger,
): Promise<void> {
  if (!process.env['NOTIFY_SOCKET']) return Promise.resolve();
  const assignments = [`MAINPID=${process.pid}`, `STATUS=${status}`, ...states[state]()];
  return new Promise((resolve) => {
    const end = (error: Error | null, stderr = ''): void => {
      if (error !== null) log.warn(`systemd was not told of "${status}": ${stderr.trim() || error.message}`);
      resolve();
    };
    try {
      const options = { timeout: timeoutMs, killSignal: 'SIGKILL' } as const;
      execFile('systemd-notify', assignments, options, (error, _stdout, stderr) => end(error, stderr));
    } catch (error) {
      end(error as Error); // no process or descriptor left
    }
  });
}

const states = {
  ready: () => ['READY=1'],
  // Type=notify-reload wants to know when it began, by the clock that hrtime() reads.
  reloading: () => ['RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`],
  stopping: () => ['STOPPING=1'],
};
