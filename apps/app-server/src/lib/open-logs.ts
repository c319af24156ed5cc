import {
  closeLineWriters,
  createConsoleLog,
  createJsonLog,
  createLineWriter,
  type FormatAccess,
  formatAccessJson,
  formatAccessLine,
  type LineWriter,
} from '@windhover/console';
import type { Logger } from '@windhover/core';
import { systemClock } from '@windhover/transport';
import { describeApp, factsOf, type StartedFacts } from './describe-app.ts';
import type { Settings } from './settings.ts';
import { withoutRepeats } from './without-repeats.ts';

/** Where this process writes: requests to stdout, everything else to stderr, each line as `logFormat` says. */
export interface Logs {
  readonly log: Logger;
  /** Says that it is ready: in lines for people, or as one line of JSON with a field for each fact. */
  announce(started: StartedFacts): void;
  /** Says something to whoever started it. */
  say(text: string): void;
  /** The same with what went wrong: lines as `explain` makes them. */
  complain(text: string): void;
  writeAccess(line: string): void;
  /** What a line for a request looks like. */
  readonly formatAccess: FormatAccess;
  /** Sends what is there now. */
  flush(): void;
}

export function openLogs({ logFormat }: Settings): Logs {
  const { access, lines, flush } = openWriters();
  const isJson = logFormat === 'json';
  // What workers write comes as it is: among lines for people it is seen, programs find it only in a line of JSON.
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
  const formatAccess = isJson ? formatAccessJson : formatAccessLine;
  return { log, announce, say, complain, writeAccess: access.write, formatAccess, flush };
}

interface Writers {
  readonly access: LineWriter;
  readonly lines: LineWriter;
  flush(): void;
}

let writers: Writers | null = null;

/** One of each for the process, however often somebody asks. */
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
