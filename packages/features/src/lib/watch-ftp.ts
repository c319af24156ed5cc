import type { Middleware } from '@windhover/core';
import type { Services } from '@windhover/core/feature';
import type { FtpCommand } from '@windhover/ftp';

/** Commands that log in, transfer or change something. */
const logged = new Set([
  'PASS',
  'RETR',
  'STOR',
  'APPE',
  'STOU',
  'DELE',
  'RNTO',
  'MKD',
  'RMD',
  'XMKD',
  'XRMD',
  'SITE',
  'MFMT',
]);

/** Counts commands, and logs logins, transfers and changes. */
export function watchFtp({ metrics, log, clock }: Services): Middleware<FtpCommand> {
  const commands = metrics.counter(
    'windhover_ftp_commands_total',
    'Commands of FTP, by the first digit of the reply.',
    ['code'],
  );
  const bytes = metrics.counter('windhover_ftp_bytes_total', 'Bytes of files and listings over FTP.', ['direction']);
  const classes = ['1xx', '2xx', '3xx', '4xx', '5xx'].map((name) => commands.of(name));
  const [sent, received] = [bytes.of('sent'), bytes.of('received')];
  return async function ftp(command, next) {
    const startedAt = clock.now();
    await next(command);
    const { verb, code, session } = command;
    classes[Math.floor((code ?? 500) / 100) - 1]?.add();
    if (command.bytes > 0) (['STOR', 'APPE', 'STOU'].includes(verb) ? received : sent).add(command.bytes);
    if (!logged.has(verb)) return;
    const what = command.path ?? command.shown;
    log.info(`FTP ${verb} ${what} ${code}`, {
      user: session.user?.name ?? '-',
      client: session.remoteAddress,
      bytes: command.bytes,
      ms: Math.round(clock.now() - startedAt),
    });
  };
}
