import { createConsoleLog, createJsonLog, createLineWriter } from '@windhover/console';
import type { Logger } from '@windhover/core';
import { systemClock } from '@windhover/transport';
import type { Settings } from './settings.ts';

/** Where this process writes: requests to stdout, everything else to stderr, each line as `logFormat` says. */
export interface Logs {
  readonly log: Logger;
  /** Says something to whoever started it. */
  say(text: string): void;
  writeAccess(line: string): void;
  /** Sends what is there now. */
  flush(): void;
}

export function openLogs({ logFormat }: Settings): Logs {
  const access = createLineWriter(process.stdout);
  const lines = createLineWriter(process.stderr);
  const flush = (): void => {
    access.flush();
    lines.flush();
  };
  process.once('exit', flush);
  const create = logFormat === 'json' ? createJsonLog : createConsoleLog;
  const log = create(lines.write, systemClock);
  const say = (text: string): void => {
    if (logFormat === 'json') log.info(text.trim().replaceAll(/\s+/g, ' '));
    else lines.write(text);
  };
  return { log, say, writeAccess: access.write, flush };
}
