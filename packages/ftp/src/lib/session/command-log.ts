import type { Clock, Middleware } from '@windhover/core';
import { systemClock } from '@windhover/core';
import type { FtpCommand } from './ftp-command.ts';

const fields = [
  ...['date', 'time', 'c-ip', 'cs-username', 's-ip', 's-port', 'cs-method', 'cs-uri-stem', 'sc-status'],
  ...['sc-win32-status', 'sc-substatus', 'sc-bytes', 'cs-bytes', 'time-taken', 'cs-host', 'x-session', 'x-fullpath'],
];

/** The lines that begin a file of `commandLog`; `{now}` stands for the time at which it was opened, `2026-03-01 12:00:00`. */
export const commandLogHeader = `#Software: Windhover\n#Version: 1.0\n#Date: {now}\n#Fields: ${fields.join(' ')}\n`;

/** A path of the longest length, escaped, would make a line of 16 KiB. */
const maxWordLength = 1024;

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
      const endedAt = clock.now();
      const isUpload = ['STOR', 'APPE', 'STOU'].includes(verb);
      const [when] = new Date(endedAt).toISOString().replace('T', ' ').split('.');
      const words = [
        ...[when, word(session.remoteAddress), word(session.user?.name ?? before)],
        ...[word(session.localAddress), session.localPort, word(verb), word(shown), code ?? 451],
        ...[0, 0, isUpload ? 0 : bytes, isUpload ? bytes : 0, Math.max(0, Math.round(endedAt - startedAt))],
        ...[word(session.host), `${process.pid}.${session.id}`, word(path)],
      ];
      write(`${words.join(' ')}\n`);
    }
  };
}

/** A value without spaces, of printable ASCII: nothing that a client sends makes another column or line. */
function word(text: string | null | undefined): string {
  if (text === null || text === undefined || text === '') return '-';
  const short = text.length > maxWordLength ? `${text.slice(0, maxWordLength)}...` : text;
  return short.replaceAll(' ', '+').replace(/[^!#-[\]-~]/g, (letter) => {
    const hex = letter.charCodeAt(0).toString(16).toUpperCase();
    return hex.length > 2 ? `\\u${hex.padStart(4, '0')}` : `\\x${hex.padStart(2, '0')}`;
  });
}
