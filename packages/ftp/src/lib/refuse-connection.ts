import type { Connection } from '@windhover/core';
import { addressKey } from '@windhover/ip';
import type { TimerWheel } from '@windhover/transport';
import type { FtpSettings } from './session/ftp-settings.ts';

/** How long a client that is refused may take to read why, in milliseconds. */
const goodbyeMs = 1000;

/** Counts a new connection until it closes; `null`: it may come in, otherwise the reason for the client. */
export async function refuseConnection(connection: Connection, settings: FtpSettings): Promise<string | null> {
  const { guard, maxSessions, maxSessionsPerAddress, sharing } = settings;
  const { counts, name } = sharing;
  const { remoteAddress } = connection.info;
  if (guard?.isShutOut(remoteAddress) === true) return 'Too many logins failed: come back later.';
  const claim = async (key: string, max: number): Promise<boolean> => {
    if (!(await counts.add(`${name} ${key}`, 1, max))) return false;
    connection.onClosed(() => counts.remove(`${name} ${key}`, 1));
    return true;
  };
  if (!(await claim(`address ${addressKey(remoteAddress) ?? remoteAddress}`, maxSessionsPerAddress)))
    return 'There are too many sessions of your address.';
  return (await claim('sessions', maxSessions)) ? null : 'There are too many sessions.';
}

/** Says why and closes; `null`: without a word, as TLS would have begun. */
export function turnAway(connection: Connection, why: string | null, wheel: TimerWheel): void {
  if (why !== null) connection.write(`421 ${why}\r\n`);
  connection.end();
  wheel.createDeadline(() => connection.destroy()).set(goodbyeMs);
  connection.attach({
    data: () => undefined,
    drain: () => undefined,
    end: () => connection.destroy(),
    close: () => undefined,
  });
}
