import { type Clock, type HttpContext, type Logger, type Middleware, systemClock } from '@windhover/core';
import {
  anyText,
  checkOptions,
  milliseconds,
  orNull,
  type Rules,
  rule,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import { compileFormat } from './compile-format.ts';
import { createLogSinks } from './create-log-sinks.ts';
import { accessLogError } from './errors.ts';
import { headerText } from './header-text.ts';
import type { LineSink, LogSinks, RotateOptions } from './line-sink.ts';
import { logRequests } from './log-requests.ts';
import { readLogTarget } from './log-target.ts';

/** Options of `accessLog`. */
export interface AccessLogOptions {
  /**
   * Where the lines go: `console`, the path of a file, `syslog://host:port` (UDP), `syslog+tcp://host:port`, `off`, or
   * a sink of yours. Default: `console`.
   */
  readonly to?: string | Pick<LineSink, 'write'>;
  /**
   * `combined`, `common`, `json`, `w3c`, `console`, or a text with names in braces: `{client} {method} {path}`. Default:
   * `console` for the console, otherwise `combined`, which most tools read.
   */
  readonly format?: string;
  /** When the file is renamed and a new one begins. Default: never. */
  readonly rotate?: RotateOptions;
  /** Hears about files that cannot be written and lines that are lost. Default: they are told on stderr. */
  readonly log?: Logger;
  /** The clock. Default: the system's. */
  readonly clock?: Clock;
}

/** A middleware that logs, and what it writes to. */
export interface AccessLog extends Middleware<HttpContext> {
  /** Resolves when every line so far is written. */
  flush(): Promise<void>;
  /** Opens the file again, after another program has renamed it. */
  reopen(): void;
  /** Writes what is waiting, and closes. */
  close(): Promise<void>;
}

const rotateRules: Rules<RotateOptions> = {
  sizeBytes: orNull(wholeNumber(1)),
  everyMs: orNull(milliseconds('above 0')),
  keep: wholeNumber(1, 10_000),
};

const optionRules: Rules<AccessLogOptions> = {
  to: rule('a text, or an object with write()', (value) => typeof value === 'string' || hasWrite(value)),
  format: anyText,
  rotate: rule('an object', (value) => typeof value === 'object' && value !== null),
  log: withFunctions(['info', 'warn', 'error']),
  clock: withFunctions(['now', 'schedule']),
};

/** Writes a line for each request. Throws `ACCESS_LOG_OPTION_INVALID` and `ACCESS_LOG_FORMAT_INVALID`. */
export function accessLog(options: AccessLogOptions = {}): AccessLog {
  const refuse = (fault: string): Error => accessLogError('ACCESS_LOG_OPTION_INVALID', fault);
  checkOptions(options, optionRules, refuse);
  const { to = 'console', rotate, clock = systemClock, log } = options;
  if (rotate !== undefined) checkOptions(rotate, rotateRules, (fault) => refuse(`rotate: ${fault}`));
  const format = compileFormat(options.format ?? (to === 'console' ? 'console' : 'combined'));
  const sinks = createLogSinks({ clock, ...(log === undefined ? {} : { log }) });
  const file = { rotate: rotate ?? null, header: format.header };
  const sink = typeof to === 'string' ? sinkFor(to, file, { sinks, clock }, refuse) : toLineSink(to);
  const run: Middleware<HttpContext> =
    sink === null ? (context, next) => next(context) : logRequests(sink, format, clock);
  return Object.assign(run, {
    flush: async () => sink?.flush(),
    reopen: () => sink?.reopen(),
    close: async () => sink?.close(),
  });
}

function sinkFor(
  to: string,
  file: { readonly rotate: RotateOptions | null; readonly header: string | null },
  { sinks, clock }: { readonly sinks: LogSinks; readonly clock: Clock },
  refuse: (fault: string) => Error,
): LineSink | null {
  const target = readLogTarget(to);
  if ('message' in target) throw refuse(`to: ${target.message}`);
  if (target.kind !== 'file' && file.rotate !== null) throw refuse('rotate: only a file can be rotated');
  switch (target.kind) {
    case 'off':
      return null;
    case 'console':
      if (file.header !== null) sinks.console.write(headerText(file.header, clock.now()));
      return sinks.console;
    case 'file':
      return sinks.file(target.path, file);
    case 'syslog':
      return sinks.syslog(target);
  }
}

function toLineSink(sink: Pick<LineSink, 'write'> & Partial<LineSink>): LineSink {
  return {
    write: (line) => sink.write(line),
    flush: async () => sink.flush?.(),
    reopen: () => sink.reopen?.(),
    close: async () => sink.close?.(),
  };
}

function hasWrite(value: unknown): boolean {
  return typeof (value as { readonly write?: unknown } | null)?.write === 'function';
}
