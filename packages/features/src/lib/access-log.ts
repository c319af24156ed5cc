import { resolve } from 'node:path';
import {
  type AccessFormat,
  compileFormat,
  fileProblem,
  headerText,
  type LineSink,
  type LogSinks,
  type LogTarget,
  logRequests,
  readLogTarget,
  realPath,
} from '@windhover/access-log';
import { OptionsError } from '@windhover/config';
import type { HttpContext, Middleware } from '@windhover/core';
import type { Clock, Feature, FeatureInstance, Reason, Services } from '@windhover/core/feature';
import { type AccessLogOptions, accessLogSchema } from './access-log-schema.ts';
import { type FileClaim, type FileClaims, fileClaimsOf } from './file-claims.ts';
import { refuseMisplaced, syslogOptions, toRotate } from './log-options.ts';

/** Options of `accessLogFeature`. */
export interface AccessLogFeatureOptions {
  /** Returns the format for the console if the configuration names none, when lines begin. Default: `console`. */
  readonly consoleFormat?: () => string;
}

/**
 * `accessLog`: writes a line for each request.
 *
 * @param sinks make what the lines are written to: `createLogSinks()`, or those that forward to another process
 */
export function accessLogFeature(
  sinks: LogSinks,
  { consoleFormat = () => 'console' }: AccessLogFeatureOptions = {},
): Feature<AccessLogOptions> {
  const claims = fileClaimsOf(sinks);
  return {
    name: 'accessLog',
    levels: ['top', 'site', 'route'],
    phases: ['edge'],
    combine: 'replace',
    schema: accessLogSchema,
    create(options, { location, clock }) {
      const target = readLogTarget(options.to) as LogTarget; // the schema has checked it
      refuseMisplaced(options, target);
      if (target.kind === 'off') return { layers: [] };
      if (target.kind === 'file')
        return toFile(sinks, claims, options, { path: resolve(location.directory, target.path), clock });
      const formatName = (): string => options.format ?? (target.kind === 'console' ? consoleFormat() : 'combined');
      const open = (format: AccessFormat): LineSink => {
        if (target.kind === 'syslog') return sinks.syslog({ ...target, ...syslogOptions(options) });
        if (format.header !== null) sinks.console.write(headerText(format.header, clock.now()));
        return sinks.console;
      };
      const place =
        target.kind === 'console' ? 'the console' : `syslog at ${target.host}:${target.port} (${target.protocol})`;
      const said = () => reasonOf(place, formatName(), options.format !== undefined);
      return new Log(() => compileFormat(formatName()), open, clock, said).instance();
    },
  };
}

/** One place that logs. Format and sink are made when the configuration is prepared, because a check opens nothing. */
class Log {
  private readonly makeFormat: () => AccessFormat;
  private readonly open: (format: AccessFormat) => LineSink;
  private readonly clock: Clock;
  private readonly reason: () => Reason;
  private sink: LineSink | null = null;
  private run: Middleware<HttpContext> | null = null;

  constructor(
    makeFormat: () => AccessFormat,
    open: (format: AccessFormat) => LineSink,
    clock: Clock,
    reason: () => Reason,
  ) {
    this.makeFormat = makeFormat;
    this.open = open;
    this.clock = clock;
    this.reason = reason;
  }

  instance(): Required<Pick<FeatureInstance, 'layers' | 'prepare' | 'dispose'>> {
    return {
      layers: [
        {
          phase: 'edge',
          run: (context, next) => (this.run ?? this.start())(context, next),
          explain: () => [this.reason()],
        },
      ],
      prepare: () => void this.start(),
      dispose: () => this.sink?.close(),
    };
  }

  start(): Middleware<HttpContext> {
    const format = this.makeFormat();
    this.sink = this.open(format);
    this.run = logRequests(this.sink, format, this.clock);
    return this.run;
  }

  /** Resolves when the target is open. */
  async isOpen(): Promise<void> {
    await this.sink?.flush();
  }
}

function toFile(
  sinks: LogSinks,
  claims: FileClaims,
  { format: named, rotate }: AccessLogOptions,
  { path, clock }: { readonly path: string } & Pick<Services, 'clock'>,
): FeatureInstance {
  const problem = fileProblem(path);
  if (problem !== null) throw new OptionsError([{ path: ['to'], message: problem }]);
  const formatName = named ?? 'combined';
  const format = compileFormat(formatName);
  const claim = claimFile(claims, realPath(path), { rotate, header: format.header });
  const log = new Log(
    () => format,
    () => sinks.file(path, claim.options()),
    clock,
    () => reasonOf(path, formatName, named !== undefined),
  );
  const instance = log.instance();
  return {
    layers: instance.layers,
    async prepare() {
      await instance.prepare();
      await log.isOpen();
    },
    commit: () => claim.commit(),
    async dispose() {
      claim.release();
      await instance.dispose();
    },
  };
}

function claimFile(
  claims: FileClaims,
  path: string,
  { rotate, header }: { readonly rotate: AccessLogOptions['rotate']; readonly header: string | null },
): FileClaim {
  const claimed = claims.claim(path, rotate === undefined ? { header } : { header, rotate: toRotate(rotate) });
  if (typeof claimed !== 'string') return claimed;
  const message =
    claimed === 'rotate'
      ? `expected the same \`rotate\` as at the other places that write to this file (${path})`
      : `expected \`w3c\` at all places that write to this file, or at none (${path})`;
  throw new OptionsError([{ path: [claimed], message }]);
}

/** For `explain`. */
function reasonOf(place: string, format: string, isNamed: boolean): Reason {
  const because = isNamed
    ? `its format is ${JSON.stringify(format)}`
    : `its format is ${format}, as nothing else is named`;
  return { decision: `writes a line to ${place}`, because };
}
