import type { Clock, Middleware } from '@windhover/core';
import { systemClock } from '@windhover/core';
import type { FtpCommand } from './ftp-command.ts';
import { formatLogLine } from './log-line.ts';

/**
 * Writes a line for each command, in the extended format of the W3C with the fields of IIS' FTP log. Passwords are not written. Place it outside of
 * middleware that answers commands.
 *
 * @param write takes a line with its line end
 */
export function commandLog(write: (line: string) => void, clock: Clock = systemClock): Middleware<FtpCommand> {
  return async function ftpCommandLog(command, next) {
    const { session } = command;
    const startedAt = clock.now();
    const before = session.user?.name; // REIN and USER end a login
    try {
      await next(command);
    } finally {
      const { verb, shown, code, path, bytes } = command;
      const atMs = clock.now();
      const isUpload = ['STOR', 'APPE', 'STOU'].includes(verb);
      write(
        formatLogLine({
          ...{ atMs, session, path, tookMs: atMs - startedAt, userName: session.user?.name ?? before },
          ...{ localPort: session.localPort, method: verb, argument: shown, status: code ?? 451 },
          ...{ sentBytes: isUpload ? 0 : bytes, receivedBytes: isUpload ? bytes : 0 },
        }),
      );
    }
  };
}
