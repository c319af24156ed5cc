import { execFile } from 'node:child_process';
import type { SupervisorLogger } from './logger.ts';

/** Enough for a message of a few bytes to a socket on this machine. */
const timeoutMs = 5000;

/**
 * Reports a state to systemd through the program `systemd-notify`, because Node has no Unix datagrams. Does nothing
 * without `NOTIFY_SOCKET`; a failure is logged as a warning. The unit needs `NotifyAccess=all`, because a child of the
 * supervisor sends the message.
 */
export function notifySystemd(
  state: 'ready' | 'reloading' | 'stopping' | 'watchdog',
  status: string,
  log: SupervisorLogger,
): Promise<void> {
  if (!process.env['NOTIFY_SOCKET']) return Promise.resolve();
  const assignments =
    state === 'watchdog' ? ['WATCHDOG=1'] : [`MAINPID=${process.pid}`, `STATUS=${status}`, ...states[state]()];
  return new Promise((resolve) => {
    const end = (error: Error | null, stderr = ''): void => {
      if (error !== null) log.warn(`systemd was not told of "${status}": ${stderr.trim() || error.message}`);
      resolve();
    };
    try {
      const options = { timeout: timeoutMs, killSignal: 'SIGKILL' } as const;
      execFile('systemd-notify', assignments, options, (error, _stdout, stderr) => end(error, stderr));
    } catch (error) {
      end(error as Error); // no free process or descriptor
    }
  });
}

const states = {
  ready: () => ['READY=1'],
  // Type=notify-reload needs the start time, on the monotonic clock, which hrtime() reads.
  reloading: () => ['RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`],
  stopping: () => ['STOPPING=1'],
};
