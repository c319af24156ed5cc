const locale = 'en-GB';
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const hundredths = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });

/** With as many digits as say something: 0.12, 3.4, 1,234. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  return (size >= 100 ? whole : size >= 1 ? tenths : hundredths).format(value);
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'];

/** In steps of 1,000: 12.3 MB. */
export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatNumber(bytes / 1000 ** step)} ${byteUnits[step]}`;
}

/** Milliseconds as people say them: 0.4 ms, 12 ms, 1.2 s, 3 min 5 s, 2 h 10 min, 4 d 3 h. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${formatNumber(ms)} ms`;
  if (ms < 60_000) return `${tenths.format(Math.floor(ms / 100) / 10)} s`;
  const seconds = Math.floor(ms / 1000);
  const pairs: [number, string, number, string][] = [
    [86_400, 'd', 3600, 'h'],
    [3600, 'h', 60, 'min'],
    [60, 'min', 1, 's'],
  ];
  const [large, largeUnit, small, smallUnit] = pairs.find(([unit]) => seconds >= unit)!;
  const rest = Math.floor((seconds % large) / small);
  return `${whole.format(Math.floor(seconds / large))} ${largeUnit}${rest === 0 ? '' : ` ${rest} ${smallUnit}`}`;
}

/** Milliseconds in full, where the order of events matters: 8,004 ms. */
export function formatMs(ms: number): string {
  return `${formatNumber(ms)} ms`;
}

export function formatTime(at: number): string {
  return clock.format(at);
}

export function formatMoment(at: number): string {
  return moment.format(at);
}

export function formatDay(at: number): string {
  return day.format(at);
}

/** `1 server`, `3 servers`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${whole.format(count)} ${count === 1 ? one : many}`;
}

/** With a full stop at its end, if it has none. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text.trimEnd()) ? text.trimEnd() : `${text.trimEnd()}.`;
}

/** Labels of a time axis, in seconds since the epoch: with seconds if two of them would be the same without. */
export function clockLabels(times: readonly number[]): readonly string[] {
  const isClose = times.some((time, index) => index > 0 && time - times[index - 1]! < 60);
  return times.map((time) => {
    const date = new Date(time * 1000);
    const two = (value: number): string => String(value).padStart(2, '0');
    return `${date.getHours()}:${two(date.getMinutes())}${isClose ? `:${two(date.getSeconds())}` : ''}`;
  });
}
