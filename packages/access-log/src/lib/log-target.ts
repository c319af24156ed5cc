import { nearestName } from '@windhover/options';
import type { FormatProblem } from './compile-format.ts';

/** Where lines go, read from a text. */
export type LogTarget =
  | { readonly kind: 'console' }
  | { readonly kind: 'off' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'syslog'; readonly protocol: 'udp' | 'tcp'; readonly host: string; readonly port: number };

const syslogPattern = /^syslog(?:\+(udp|tcp))?:\/\/(\[[0-9A-Fa-f:.]+\]|[^/:@?#[\]\s]+)(?::([0-9]{1,5}))?\/?$/;

/** The kinds of targets, for messages. */
const expectedTarget =
  'expected `console`, `off`, a file such as `./logs/access.log`, or a syslog server such as `syslog://127.0.0.1:514`';

/**
 * Reads where lines go: `console`, `off`, `syslog://host:port` (UDP), `syslog+tcp://host:port`, or the path of a file. A
 * path must contain a slash, a backslash or a dot: otherwise a misspelt `consle` would be a file.
 */
export function readLogTarget(text: string): LogTarget | FormatProblem {
  if (text === 'console' || text === 'off') return { kind: text };
  if (/^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(text)) return readSyslog(text);
  if (text.includes('\0') || !/[/\\.]/.test(text)) {
    return { message: expectedTarget, suggestion: nearestName(text, ['console', 'off']) };
  }
  if (/[/\\]$/.test(text)) return { message: `expected a file, found a folder: ${text}` };
  return { kind: 'file', path: text };
}

function readSyslog(text: string): LogTarget | FormatProblem {
  const [whole, protocol, host, port = '514'] = syslogPattern.exec(text) ?? [];
  if (whole === undefined || Number(port) < 1 || Number(port) > 65_535) {
    return { message: 'expected `syslog://host:port` or `syslog+tcp://host:port`' };
  }
  const name = host!.replace(/^\[|\]$/g, '');
  return { kind: 'syslog', protocol: protocol === 'tcp' ? 'tcp' : 'udp', host: name, port: Number(port) };
}
