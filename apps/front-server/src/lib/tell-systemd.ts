import { execFile } from 'node:child_process';

/** Milliseconds for a message of a few bytes to a socket of this machine. */
const timeoutMs = 5000;

/**
 * Tells systemd that the server is ready, or stopping, so that a unit of `Type=notify` knows. Node has no Unix datagrams, so the program
 * `systemd-notify` sends the message. Does nothing outside of such a unit. Resolves when the message is sent.
 *
 * @param warn takes a line when systemd could not be told
 */
export function tellSystemd(state: 'READY=1' | 'STOPPING=1', warn: (line: string) => void): Promise<void> {
  if (!process.env['NOTIFY_SOCKET']) return Promise.resolve();
  const options = { timeout: timeoutMs, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve) => {
    execFile('systemd-notify', [`MAINPID=${process.pid}`, state], options, (error) => {
      if (error !== null) warn(`systemd was not told ${state}: ${error.message.trim()}\n`);
      resolve();
    });
  });
}
