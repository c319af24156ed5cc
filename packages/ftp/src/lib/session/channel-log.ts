import type { Clock } from '@windhover/core';
import { systemClock } from '@windhover/core';
import type { ChannelEvent } from './channel-event.ts';
import { formatLogLine } from './log-line.ts';

/**
 * Writes a line for each connection that is opened or closed, as IIS does among the lines of `commandLog`: for `onChannel` of a server.
 *
 * @param write takes a line with its line end
 */
export function channelLog(write: (line: string) => void, clock: Clock = systemClock): (event: ChannelEvent) => void {
  return function ftpChannelLog({ kind, session, localPort, openMs }) {
    const nothing = { argument: null, status: null, sentBytes: 0, receivedBytes: 0, path: null };
    const userName = session.user?.name;
    write(formatLogLine({ ...nothing, atMs: clock.now(), session, userName, localPort, method: kind, tookMs: openMs }));
  };
}
