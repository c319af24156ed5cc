import type { SessionInfo } from './session-info.ts';

/** What one line of the log says. */
export interface LogEntry {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly session: SessionInfo;
  readonly userName: string | undefined;
  readonly localPort: number;
  readonly method: string;
  readonly argument: string | null;
  /** `null`: nothing was answered. */
  readonly status: number | null;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly tookMs: number;
  readonly path: string | null;
}

const fields = [
  ...['date', 'time', 'c-ip', 'cs-username', 's-ip', 's-port', 'cs-method', 'cs-uri-stem', 'sc-status'],
  ...['sc-win32-status', 'sc-substatus', 'sc-bytes', 'cs-bytes', 'time-taken', 'cs-host', 'x-session', 'x-fullpath'],
];

/** The lines that begin a file of `commandLog` and `channelLog`; `{now}` stands for the time at which it was opened, `2026-03-01 12:00:00`. */
export const commandLogHeader = `#Software: Windhover\n#Version: 1.0\n#Date: {now}\n#Fields: ${fields.join(' ')}\n`;

/** A path of the longest length, escaped, would make a line of 16 KiB. */
const maxWordLength = 1024;

/** Formats a line with its line end, in the extended format of the W3C. */
export function formatLogLine(entry: LogEntry): string {
  const { atMs, session, method, argument, status, path } = entry;
  const [when] = new Date(atMs).toISOString().replace('T', ' ').split('.');
  const words = [
    ...[when, word(session.remoteAddress), word(entry.userName)],
    ...[word(session.localAddress), entry.localPort, word(method), word(argument), status ?? '-'],
    ...[0, 0, entry.sentBytes, entry.receivedBytes, Math.max(0, Math.round(entry.tookMs))],
    ...[word(session.host), `${process.pid}.${session.id}`, word(path)],
  ];
  return `${words.join(' ')}\n`;
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
