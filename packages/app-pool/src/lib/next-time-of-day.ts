/** The next time after `now` that is one of these minutes of a day, in the machine's own time; `Infinity` if there are none. */
export function nextTimeOfDay(minutes: readonly number[], now: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const minute of minutes) {
    for (const days of [0, 1]) {
      const at = new Date(now);
      at.setDate(at.getDate() + days);
      at.setHours(Math.floor(minute / 60), minute % 60, 0, 0);
      if (at.getTime() > now) next = Math.min(next, at.getTime());
    }
  }
  return next;
}
