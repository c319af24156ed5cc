import { TransportError } from './errors.ts';

/** A listening socket that was passed to this process. */
export interface InheritedDescriptor {
  /** The descriptor, for `listen({ fd }, …)`. */
  readonly fd: number;
  /** `FileDescriptorName=` of the socket unit; `unknown` if it has none. */
  readonly name: string;
}

/** The first inherited descriptor; 0 to 2 are standard input, output and error (sd_listen_fds(3)). */
const firstDescriptor = 3;

/** A sanity limit: systemd passes on the sockets of a few units. */
const maxDescriptors = 4096;

/**
 * Returns the sockets that systemd, or a parent that speaks its protocol, opened for this process (`LISTEN_FDS`,
 * `LISTEN_PID` and `LISTEN_FDNAMES`). The list is empty without those variables, or if they are for another process.
 * Throws `TRANSPORT_BAD_ENVIRONMENT` if they are invalid.
 */
export function inheritedDescriptors(
  env: Readonly<Record<string, string | undefined>> = process.env,
  pid: number = process.pid,
): readonly InheritedDescriptor[] {
  const { LISTEN_FDS: count, LISTEN_PID: owner, LISTEN_FDNAMES: names } = env;
  if (count === undefined || owner === undefined) return [];
  if (readNumber('LISTEN_PID', owner) !== pid) return [];
  const length = readNumber('LISTEN_FDS', count);
  if (length > maxDescriptors) throw refuse('LISTEN_FDS', `at most ${maxDescriptors}`, count);
  const given = names === undefined || names === '' ? [] : names.split(':');
  if (given.length > 0 && given.length !== length) {
    throw refuse('LISTEN_FDNAMES', `${length} names with colons between them`, names ?? '');
  }
  return Array.from({ length }, (_, index) => ({ fd: firstDescriptor + index, name: given[index] || 'unknown' }));
}

function readNumber(variable: string, text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw refuse(variable, 'a whole number', text);
}

function refuse(variable: string, expected: string, text: string): TransportError {
  const detail = `${variable}: expected ${expected}, found ${JSON.stringify(text.slice(0, 100))}`;
  return new TransportError('TRANSPORT_BAD_ENVIRONMENT', detail);
}
