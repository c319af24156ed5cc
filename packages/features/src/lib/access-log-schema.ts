import { formatProblem, readLogTarget, syslogFacilities } from '@windhover/access-log';
import { duration, orAlone, size } from '@windhover/config';
import { z } from 'zod';

/** Where a log goes, without its default. */
export const logTarget = z
  .string()
  .superRefine((text, context) => {
    const target = readLogTarget(text);
    if ('message' in target) report(isNone(text) ? { ...target, suggestion: 'off' } : target, context);
  })
  .meta({ title: '`console`, `off`, a file or a syslog server' });

function isNone(text: string): boolean {
  return ['no', 'none', 'never', 'false', 'disabled'].includes(text.toLowerCase());
}

const to = logTarget
  .default('console')
  .describe(
    'console, off, a file such as ./logs/access.log, or a syslog server: syslog://host:port for UDP, syslog+tcp://host:port. A relative path starts at the folder of the configuration; missing folders are made. Default: console.',
  );

const format = z
  .string()
  .superRefine((text, context) => {
    const problem = formatProblem(text);
    if (problem !== null) report(problem, context);
  })
  .meta({ title: 'a format' })
  .exactOptional()
  .describe(
    'combined, common, json, w3c, console, or a text with names in braces: {client} {method} {path} {status} {code} {rule} {request.header.accept}; {rule} is the rule that refused the request. Default: console on the console, otherwise combined, which most tools read.',
  );

/** When a file of a log is renamed. */
export const logRotate = z
  .strictObject({
    size: size(1)
      .nullable()
      .exactOptional()
      .describe('The size at which a new file is begun. Default: null, no limit.'),
    every: duration(1000)
      .nullable()
      .exactOptional()
      .describe(
        'A new file begins when a period of this length does; days begin at midnight UTC. Default: null, never.',
      ),
    keep: z
      .int()
      .min(1)
      .max(10_000)
      .default(10)
      .describe('How many older files are kept: access.log.1 is the newest. Default: 10.'),
  })
  .nullable()
  .exactOptional()
  .describe(
    'When access.log is renamed to access.log.1 and a new file begins: before it is larger than size, at the first line of a new period every (1d: midnight UTC). keep older files are kept, 10 by default. Default: never, since logrotate may do it.',
  );

/** How messages to syslog are labelled. */
export const logSyslog = z
  .strictObject({
    facility: z
      .enum(syslogFacilities)
      .default('local7')
      .describe('The facility of the messages. Default: local7, as in nginx.'),
    appName: z
      .string()
      .regex(/^[!-~]{1,48}$/, 'expected up to 48 letters, digits and marks')
      .default('windhover')
      .describe('The name of the application in the messages. Default: windhover.'),
  })
  .exactOptional()
  .describe('How messages to a syslog server are labelled.');

/** The options of `accessLog`. */
export const accessLogSchema = orAlone(
  'to',
  z.strictObject({ to, format, rotate: logRotate, syslog: logSyslog }),
).describe('Where a line for each request goes, and what it says. Credentials in it are redacted.');

/** Options of `accessLog` that are valid by themselves. */
export type AccessLogOptions = z.output<typeof accessLogSchema>;

function report(
  { message, suggestion }: { readonly message: string; readonly suggestion?: string | undefined },
  context: z.RefinementCtx,
): void {
  context.addIssue({ code: 'custom', message, params: { suggestion } });
}
