import { useEffect, useState } from 'preact/hooks';
import { formatDuration, formatMoment, formatTime } from '../lib/format.ts';

/** The time, drawn anew every so often. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** How long ago; the exact time stands in the title. */
export function Ago({ at }: { at: number }) {
  const past = useNow(5000) - at;
  return (
    <time dateTime={new Date(at).toISOString()} title={formatMoment(at)}>
      {past < 5000 ? 'now' : `${formatDuration(Math.floor(past / 1000) * 1000)} ago`}
    </time>
  );
}

export function Clock({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={formatMoment(at)}>
      {formatTime(at)}
    </time>
  );
}
