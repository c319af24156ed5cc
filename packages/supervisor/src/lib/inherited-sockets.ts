import { SupervisorError } from './errors.ts';

/** The first descriptor that is passed on: after standard input, output and error (sd_listen_fds(3)). */
const firstDescriptor = 3;

/** More is a mistake: systemd passes on what a few units list. */
const maxDescriptors = 4096;

/**
 * The sockets that systemd, or another supervisor, has opened for this process, by their names, ready for the option `listen`. None without
 * the variables `LISTEN_FDS` and `LISTEN_PID`, or when they are meant for another process. Throws `SUPERVISOR_OPTION_INVALID` if they make no
 * sense, or two sockets have one name.
 */
export function inheritedSockets(
  env: Readonly<Record<string, string | undefined>> = process.env,
  pid: number = process.pid,
): Record<string, { readonly fd: number }> {
  const { LISTEN_FDS: count, LISTEN_PID: owner, LISTEN_FDNAMES: names = '' } = env;
  if (count === undefined || owner === undefined) return {};
  if (readNumber('LISTEN_PID', owner) !== pid) return {};
  const length = readNumber('LISTEN_FDS', count);
  if (length > maxDescriptors) throw refuse('LISTEN_FDS', `at most ${maxDescriptors}`, count);
  const given = names === '' ? [] : names.split(':');
  if (given.length > 0 && given.length !== length) throw refuse('LISTEN_FDNAMES', `${length} names`, names);
  const sockets: Record<string, { readonly fd: number }> = {};
  for (let index = 0; index < length; index++) {
    const name = given[index] || 'unknown'; // what systemd calls one without FileDescriptorName=
    if (Object.hasOwn(sockets, name)) throw refuse('LISTEN_FDNAMES', 'a different name for each socket', names);
    sockets[name] = { fd: firstDescriptor + index };
  }
  return sockets;
}

function readNumber(variable: string, text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw refuse(variable, 'a whole number', text);
}

function refuse(variable: string, expected: string, text: string): SupervisorError {
  const detail = `${variable}: expected ${expected}, found ${JSON.stringify(text.slice(0, 100))}`;
  return new SupervisorError('SUPERVISOR_OPTION_INVALID', detail);
}
