/** A time as in `MDTM` and the facts of `MLSD`: UTC, `20260131235959` (RFC 3659 §2.3). */
export function formatFtpTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replace(/[-:T]/g, '');
}

/** Milliseconds since the epoch; `null` for what is no time. A fraction of the second may follow. */
export function parseFtpTime(text: string): number | null {
  const [, year, month, day, hour, minute, second, fraction = ''] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d+))?$/.exec(text) ?? [];
  if (second === undefined) return null;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const time = Date.parse(iso);
  // A day that a month does not have would be taken for one of the next month.
  return Number.isNaN(time) || new Date(time).toISOString() !== iso ? null : time;
}

/** Splits `20260131235959 name`, the argument of `MFMT`. `null`: there is no time or no name. */
export function splitTimeAndName(argument: string): { readonly timeMs: number; readonly name: string } | null {
  const space = argument.indexOf(' ');
  const timeMs = space < 0 ? null : parseFtpTime(argument.slice(0, space));
  return timeMs === null || space === argument.length - 1 ? null : { timeMs, name: argument.slice(space + 1) };
}
