import { formatProblems, type Source } from '@windhover/config';
import { closeLineWriters, createLineWriter, stopSignal } from '@windhover/console';
import { TransportError } from '@windhover/transport';
import { refuseProblems } from './commands/refuse-problems.ts';
import { describeServer } from './describe-server.ts';
import type { FrontServer } from './front-server.ts';
import { startFault } from './start-fault.ts';
import { startFrontServer } from './start-front-server.ts';
import { tellSystemd } from './tell-systemd.ts';
import { watchFiles } from './watch-files.ts';

/** Milliseconds for a console to read the last lines: one that nobody reads must not keep the process alive. */
const lastWordsMs = 1000;

/**
 * Runs the server until a signal stops it, and returns the exit code.
 *
 * @param hint returns what to try when the port is taken. Default: nothing
 */
export async function runServer(
  config: string | Source,
  version: string,
  hint: () => Promise<string> = async () => '',
): Promise<number> {
  const access = createLineWriter(process.stdout);
  const log = createLineWriter(process.stderr);
  process.once('exit', () => closeLineWriters(access, log));
  const warn = (line: string): void => void process.stderr.write(line);
  try {
    const started = await startFrontServer({ config, version, writeAccess: access.write, writeLog: log.write });
    if (!started.ok) return refuseProblems(started.problems, (text) => void process.stderr.write(text));
    const { server } = started;
    const signalled = stopSignal((_signal, exitCode) => process.exit(exitCode)); // before anybody hears that it runs
    process.stdout.write(describeServer(version, server));
    void tellSystemd('READY=1', warn);
    const reload = reloadOf(server, config, log.write, () => watcher.follow());
    // A module is not watched: Node loads it once.
    const watcher = watchFiles(
      () => (server.config.sections.watch && !server.readFrom.isCode ? server.readFrom.files : []),
      reload,
    );
    if (server.config.sections.watch && server.readFrom.isCode) log.write(`${unwatched}\n`);
    process.on('SIGHUP', reload);
    process.on('SIGUSR1', () => server.reopenLogs()); // as nginx does, for logrotate
    const signal = await signalled;
    const told = tellSystemd('STOPPING=1', warn);
    watcher.close();
    access.flush();
    const open = server.connections === 1 ? '1 connection is' : `${server.connections} connections are`;
    process.stdout.write(`${signal}: stopping, ${open} open. A second signal ends at once.\n`);
    await Promise.all([server.stop(), told]);
    access.flush();
    process.stdout.write('Stopped.\n');
    setTimeout(() => process.exit(), lastWordsMs).unref();
    return 0;
  } catch (error) {
    const fault = startFault(error);
    if (fault === null) throw error; // a bug: show its stack
    const advice = TransportError.is(error) && error.code === 'TRANSPORT_PORT_IN_USE' ? await hint() : '';
    process.stderr.write(`${fault}\n${advice}`);
    return 1;
  }
}

const unwatched =
  '`watch` has no effect on a configuration that is a module, without workers: Node loads a module once. Restart the server after a change.';

/** Takes a file anew, one reload after the other, and says what became of it. */
function reloadOf(
  server: FrontServer,
  config: string | Source,
  write: (line: string) => void,
  onRead: () => void,
): () => void {
  let turn: Promise<void> = Promise.resolve();
  const reload = async (): Promise<void> => {
    try {
      const reloaded = await server.reload({ config });
      write(reloaded.ok ? 'Reloaded\n' : `The reload changed nothing:\n${formatProblems(reloaded.problems)}`);
    } catch (error) {
      write(`The reload changed nothing: ${(error as Error).message}\n`);
    }
    onRead();
  };
  return () => {
    turn = turn.then(reload);
  };
}
