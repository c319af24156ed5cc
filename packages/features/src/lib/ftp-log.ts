import { resolve } from 'node:path';
import { fileProblem, headerText, type LineSink, type LogSinks, readLogTarget, realPath } from '@windhover/access-log';
import { OptionsError } from '@windhover/config';
import type { Middleware } from '@windhover/core';
import type { FeatureInstance, Services } from '@windhover/core/feature';
import { type ChannelEvent, channelLog, commandLog, commandLogHeader, type FtpCommand } from '@windhover/ftp';
import { fileClaimsOf } from './file-claims.ts';
import type { FtpEntry } from './ftp-schema.ts';
import { refuseMisplaced, syslogOptions, toRotate } from './log-options.ts';

/** A log of commands. It is opened when the configuration is prepared, because a check opens nothing. */
export interface FtpLog extends Required<Pick<FeatureInstance, 'prepare' | 'commit' | 'dispose'>> {
  readonly middleware: Middleware<FtpCommand>;
  readonly onChannel: (event: ChannelEvent) => void;
}

/**
 * Makes the log of a server of FTP; `null`: it has none.
 *
 * @param at where in the options of the feature it stands
 */
export function makeFtpLog(
  log: FtpEntry['log'],
  sinks: LogSinks,
  { location, clock }: Pick<Services, 'location' | 'clock'>,
  at: readonly (string | number)[],
): FtpLog | null {
  if (log === undefined) return null;
  const target = readLogTarget(log.to);
  if ('message' in target) throw new OptionsError([{ path: [...at, 'to'], message: target.message }]);
  refuseMisplaced(log, target, at);
  if (target.kind === 'off') return null;
  if (target.kind === 'file') return toFile(log, sinks, resolve(location.directory, target.path), clock, at);
  return new Log(
    () => {
      if (target.kind === 'syslog') return sinks.syslog({ ...target, ...syslogOptions(log) });
      sinks.console.write(headerText(commandLogHeader, clock.now()));
      return sinks.console;
    },
    clock,
    null,
  );
}

function toFile(
  { rotate }: NonNullable<FtpEntry['log']>,
  sinks: LogSinks,
  path: string,
  clock: Services['clock'],
  at: readonly (string | number)[],
): FtpLog {
  const problem = fileProblem(path);
  if (problem !== null) throw new OptionsError([{ path: [...at, 'to'], message: problem }]);
  const wanted = { header: commandLogHeader, ...(rotate === undefined ? {} : { rotate: toRotate(rotate) }) };
  const claim = fileClaimsOf(sinks).claim(realPath(path), wanted);
  if (typeof claim === 'string') {
    const message =
      claim === 'rotate'
        ? `expected the same \`rotate\` as at the other places that write to this file (${path})`
        : `expected a file of its own: something else is logged to ${path}`;
    throw new OptionsError([{ path: [...at, claim === 'rotate' ? 'rotate' : 'to'], message }]);
  }
  return new Log(() => sinks.file(path, claim.options()), clock, claim);
}

class Log implements FtpLog {
  readonly middleware: Middleware<FtpCommand>;
  readonly onChannel: FtpLog['onChannel'];
  private readonly open: () => LineSink;
  private readonly claim: { commit(): void; release(): void } | null;
  private sink: LineSink | null = null;

  constructor(open: () => LineSink, clock: Services['clock'], claim: { commit(): void; release(): void } | null) {
    this.open = open;
    this.claim = claim;
    this.middleware = commandLog((line) => this.sink?.write(line), clock);
    this.onChannel = channelLog((line) => this.sink?.write(line), clock);
  }

  async prepare(): Promise<void> {
    this.sink = this.open();
    if (this.claim !== null) await this.sink.flush();
  }

  commit(): void {
    this.claim?.commit();
  }

  async dispose(): Promise<void> {
    this.claim?.release();
    await this.sink?.close();
  }
}
