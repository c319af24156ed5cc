import { w3cTime } from './time-text.ts';

/** The lines that begin a file which was opened at `now`. */
export function headerText(header: string, now: number): string {
  return header.replaceAll('{now}', w3cTime(now));
}
