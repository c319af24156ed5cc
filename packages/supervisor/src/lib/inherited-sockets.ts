import { SupervisorError } from './errors.ts';

/** The first inherited descriptor; 0 to 2 are standard input, output and error (sd_listen_fds(3)). */
const firstDescriptor = 3;

/** A sanity limit: systemd passes on the sockets of a few units. */
const maxDescriptors = 4096;

/**
 * Returns the sockets that systemd or another supervisor opened for this process, by name, ready for the option
 * `listen`. Empty without the variables `LISTEN_FDS` and `LISTEN_PID`, or if they are for another process. Throws
 * `SUPERVISOR_OPTION_INVALID` if they are invalid, or if two sockets have the same name.
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
    const name = given[index] || 'unknown'; // systemd's name for a socket without FileDescriptorName=
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
