import { type FileSinkOptions, type LogTarget, syslogFacilities } from '@windhover/access-log';
import { OptionsError } from '@windhover/config';
import type { AccessLogOptions } from './access-log-schema.ts';

/** Options of a log, as they are written. */
export type LogOptions = Pick<AccessLogOptions, 'rotate' | 'syslog'>;

/** How a file rotates; `null`: it does not. */
export function toRotate(
  rotate: NonNullable<LogOptions['rotate']> | null,
): (FileSinkOptions['rotate'] & object) | null {
  if (rotate === null) return null;
  const { size = null, every = null, keep } = rotate;
  return { sizeBytes: size, everyMs: every, keep };
}

export function syslogOptions({ syslog }: LogOptions): { facility?: number; appName?: string } {
  if (syslog === undefined) return {};
  return { facility: syslogFacilities.indexOf(syslog.facility), appName: syslog.appName };
}

/**
 * Options that would have no effect are mistakes.
 *
 * @param at where in the options of the feature they stand
 */
export function refuseMisplaced(
  { rotate, syslog }: LogOptions,
  { kind }: LogTarget,
  at: readonly (string | number)[] = [],
): void {
  if (kind !== 'file' && rotate !== undefined && rotate !== null) {
    throw new OptionsError([{ path: [...at, 'rotate'], message: 'expected `rotate` beside a file only' }]);
  }
  if (kind !== 'syslog' && syslog !== undefined) {
    throw new OptionsError([{ path: [...at, 'syslog'], message: 'expected `syslog` beside a syslog server only' }]);
  }
}
