import { TransportError } from './errors.ts';

/** A listening socket that this process was started with. */
export interface InheritedDescriptor {
  /** For `listen({ fd }, …)`. */
  readonly fd: number;
  /** `FileDescriptorName=` of the socket unit; `unknown` if it has none. */
  readonly name: string;
}

/** The first descriptor that is passed on: after standard input, output and error (sd_listen_fds(3)). */
const firstDescriptor = 3;

/** More is a mistake: systemd passes on what a few units list. */
const maxDescriptors = 4096;

/**
 * The sockets that systemd, or whoever speaks its protocol, has opened for this process: `LISTEN_FDS`, `LISTEN_PID` and `LISTEN_FDNAMES`.
 * None without those variables, or when they are meant for another process. Throws `TRANSPORT_BAD_ENVIRONMENT` if they make no sense.
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
