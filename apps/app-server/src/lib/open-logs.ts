import {
  closeLineWriters,
  createConsoleLog,
  createJsonLog,
  createLineWriter,
  type LineWriter,
} from '@windhover/console';
import { type Logger, systemClock } from '@windhover/core';
import { describeApp, factsOf, type StartedFacts } from './describe-app.ts';
import type { Settings } from './settings.ts';
import { withoutRepeats } from './without-repeats.ts';

/** The outputs of this process: requests go to stdout, everything else to stderr, in the format that `logFormat` selects. */
export interface Logs {
  readonly log: Logger;
  /** Reports that the server is ready: as lines for people, or as one JSON line with a field for each fact. */
  announce(started: StartedFacts): void;
  /** Writes a message for the person who started the server. */
  say(text: string): void;
  /** Writes an error for that person, as lines from `explain`. */
  complain(text: string): void;
  writeAccess(line: string): void;
  /** The format of the lines for requests. */
  readonly accessFormat: 'console' | 'json';
  /** Writes out everything buffered. */
  flush(): void;
}

export function openLogs({ logFormat }: Settings): Logs {
  const { access, lines, flush } = openWriters();
  const isJson = logFormat === 'json';
  // Workers write their output unchanged. People see it among the other lines, but programs find it only in a JSON line, so JSON logs keep
  // the repeats.
  const log = isJson
    ? createJsonLog(lines.write, systemClock)
    : withoutRepeats(createConsoleLog(lines.write, systemClock));
  const say = (text: string): void => {
    if (isJson) log.info(text.trim().replaceAll(/\s+/g, ' '));
    else lines.write(text);
  };
  const announce = (started: StartedFacts): void => {
    if (isJson) log.info('The application is ready', factsOf(started));
    else lines.write(describeApp(started));
  };
  const complain = (text: string): void => {
    if (isJson) log.error(text);
    else lines.write(`${text}\n`);
  };
  return { log, announce, say, complain, writeAccess: access.write, accessFormat: isJson ? 'json' : 'console', flush };
}

interface Writers {
  readonly access: LineWriter;
  readonly lines: LineWriter;
  flush(): void;
}

let writers: Writers | null = null;

/** Opens each writer once for the process, however often it is called. */
function openWriters(): Writers {
  if (writers !== null) return writers;
  const access = createLineWriter(process.stdout);
  const lines = createLineWriter(process.stderr);
  const flush = (): void => {
    access.flush();
    lines.flush();
  };
  process.once('exit', () => closeLineWriters(access, lines));
  writers = { access, lines, flush };
  return writers;
}
