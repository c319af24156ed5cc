const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Formats times of one notation. Lines come in bursts, so the text of a second is kept for the next call. */
function perSecond(format: (date: Date) => string): (ms: number) => string {
  let second = Number.NaN;
  let text = '';
  return (ms) => {
    const now = Math.floor(ms / 1000);
    if (now !== second) {
      second = now;
      text = format(new Date(now * 1000));
    }
    return text;
  };
}

const upToSeconds = perSecond((date) => date.toISOString().slice(0, 19));

/** `2026-03-01T12:00:00.123Z` */
export function isoTime(ms: number): string {
  const rest = Math.floor(ms) % 1000;
  return `${upToSeconds(ms)}.${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
}

/** `01/Mar/2026:12:00:00 +0000`, as in the logs of Apache and nginx; always UTC. */
export const commonTime: (ms: number) => string = perSecond((date) => {
  const [day, time] = date.toISOString().split('T') as [string, string];
  const [year, , number] = day.split('-');
  return `${number}/${months[date.getUTCMonth()]}/${year}:${time.slice(0, 8)} +0000`;
});

/** `2026-03-01 12:00:00`, as the two first columns of IIS; always UTC. */
export const w3cTime: (ms: number) => string = perSecond((date) => date.toISOString().slice(0, 19).replace('T', ' '));
