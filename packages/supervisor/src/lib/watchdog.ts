/** How often in its time systemd hears that all is well: one message may come late, and another one be left out. */
const messagesPerTime = 3;

/** A shorter time would be spent on the messages, each of which is a process. */
const leastMs = 100;

/**
 * Returns the milliseconds between two messages to the watchdog of systemd (`WatchdogSec=`, sd_watchdog_enabled(3)); `null` if it expects
 * none of this process.
 */
export function watchdogPeriodMs(env: Readonly<Record<string, string | undefined>>, pid: number): number | null {
  const { WATCHDOG_USEC: time = '', WATCHDOG_PID: owner = String(pid) } = env;
  if (!/^[1-9][0-9]{0,14}$/.test(time) || owner !== String(pid)) return null;
  return Math.max(leastMs, Math.floor(Number(time) / 1000 / messagesPerTime));
}
