import { resolve } from 'node:path';
import { createLogSinks, type LocalLogSinks } from '@windhover/access-log';
import { closeLineWriters, createConsoleLog, createLineWriter, type LineWriter } from '@windhover/console';
import { type Logger, systemClock } from '@windhover/core';
import { createSupervisor, type Supervisor, SupervisorError } from '@windhover/supervisor';
import { TransportError } from '@windhover/transport';
import { LazyAdmin } from './admin/lazy-admin.ts';
import { LogTee } from './admin/log-tee.ts';
import { supervisedAdminHost } from './admin/supervised-admin-host.ts';
import { alreadyRunning } from './already-running.ts';
import { controlPath, makeControlFolder } from './control-path.ts';
import { describeSupervised, ftpUrls } from './describe-supervised.ts';
import { LazyOperations } from './lazy-operations.ts';
import { openSockets } from './open-sockets.ts';
import { readServerPlan, type ServerPlan } from './server-plan.ts';
import { signalExitCode } from './signal-exit-code.ts';
import { SupervisedApps } from './supervised-apps.ts';
import { SupervisedFtpCounts } from './supervised-ftp-counts.ts';
import { SupervisedReload } from './supervised-reload.ts';
import { type InheritedSockets, supervisorSockets, withoutSocketNames } from './supervisor-sockets.ts';
import { tellSignals } from './tell-signals.ts';
import { watchFiles } from './watch-files.ts';
import { cannotStart, wrongConfig } from './worker-exit-codes.ts';
import { WorkerFleet } from './worker-fleet.ts';

/** Milliseconds for a console to read the last lines: one that nobody reads must not keep the process alive. */
const lastWordsMs = 1000;

/** What the supervisor is started with. */
export interface SupervisedOptions {
  readonly plan: ServerPlan;
  readonly version: string;
  /** Sockets that systemd has opened. */
  readonly inherited: InheritedSockets;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A server in a read-only container has no place for the socket, and should run all the same. */
const noControl = '`windhover reload`, `status` and `stop` cannot reach this server: send SIGHUP and SIGTERM instead.';

/** Serves in worker processes until a signal or a command stops it, and returns the exit code. */
export async function runSupervised({ plan, version, env, inherited }: SupervisedOptions): Promise<number> {
  const { access, tee, log, sinks } = openLogs();
  const uid = process.getuid?.() ?? 0;
  const control = controlSocket(controlPath(plan.file, { env, uid }), uid, log);
  const exitCode = signalExitCode();
  const started = promiseWithResolve();
  const fleet: WorkerFleet = new WorkerFleet(
    { number: 1, file: plan.file, snapshot: plan.snapshot },
    sinks,
    () => supervisor.workers,
    (error) => log.error(error.message),
    (published, worker) => apps.hear(published, worker) || counts.hear(published, worker),
  );
  fleet.onSaid = (line) => tee.take(line);
  const counts = new SupervisedFtpCounts((worker, published) => fleet.publish(worker, published));
  const apps = new SupervisedApps({ log, clock: systemClock }, (worker, published) => fleet.publish(worker, published));
  const supervisor: Supervisor = createSupervisor({
    worker: new URL('./worker.js', import.meta.url),
    workers: plan.workers,
    listen: supervisorSockets(plan.listen, inherited, plan.ftp),
    ...control,
    signals: true,
    systemd: true,
    log: supervisorLog(log),
    onMessage: (message, worker) => fleet.hear(message, worker),
    onReload: (request) => reload.run(request),
    commands: commandsOf(apps, fleet, () => admin),
    onStatus: () => ({
      ...supervisor.status(),
      version,
      config: resolve(plan.file),
      listen: openSockets(supervisor.status().listen, fleet.serving?.secure, reload.plan.ftp),
      ftp: ftpUrls(reload.plan, supervisor.status().listen),
      ...reload.status,
      apps: apps.status,
    }),
  });
  const operations = new LazyOperations(
    { collect: () => fleet.collect(), ready: () => supervisor.status().slots.some(({ state }) => state === 'ready') },
    log,
  );
  const admin: LazyAdmin = new LazyAdmin(
    supervisedAdminHost({ plan, version, tee, sinks, supervisor, fleet, apps, reload: () => reload }),
  );
  const reload: SupervisedReload = new SupervisedReload(plan, {
    supervisor,
    fleet,
    operations,
    apps,
    admin,
    log,
    inherited,
    read: () => readServerPlan(plan.file, env, systemClock),
    onRead: () => watcher.follow(),
  });
  // From now on, so that no change during the start is missed. It waits until the workers can take it.
  const watcher = watchFiles(
    () => (reload.plan.isWatched ? reload.files : []),
    () => void started.promise.then(() => reload.run()).catch(() => undefined), // the reload has told the reason
  );
  try {
    await operations.listen(plan.metrics);
    await admin.listen(plan.admin);
    await apps.prepare(plan.apps);
    await supervisor.start();
    await Promise.race([fleet.firstServing, supervisor.stopped]);
    if (fleet.serving !== null) admin.used();
    apps.apply(plan.apps); // not before the workers have found the configuration right
  } catch (error) {
    watcher.close();
    await Promise.all([operations.close(), admin.close(), apps.close()]);
    await sinks.close();
    return explainStart(error, supervisor, await alreadyRunning(plan.file, { env, uid }));
  }
  process.on('SIGUSR1', () => sinks.reopen()); // as nginx does, for logrotate
  tellSignals(() => apps.killAll());
  process.stdout.write(describeSupervised({ version, plan, supervisor, fleet, operations, admin }));
  started.resolve();
  await supervisor.stopped;
  await admin.close();
  await apps.close(); // after the last request
  watcher.close();
  await operations.close();
  await sinks.close();
  access.flush();
  process.stdout.write('Stopped.\n');
  setTimeout(() => process.exit(), lastWordsMs).unref();
  return exitCode();
}

/** What `windhover` may ask over the control socket, beside what every supervisor answers. */
function commandsOf(
  apps: SupervisedApps,
  fleet: WorkerFleet,
  admin: () => LazyAdmin,
): NonNullable<Parameters<typeof createSupervisor>[0]['commands']> {
  return {
    app: (request) => apps.command(request),
    certs: (request) => fleet.certificates(request),
    admin: () => admin().access,
  };
}

function controlSocket(path: string, uid: number, log: Logger): { readonly controlPath?: string } {
  const obstacle = makeControlFolder(path, uid);
  if (obstacle === null) return { controlPath: path };
  log.warn(`${noControl} (${obstacle})`);
  return {};
}

function promiseWithResolve(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((tell) => {
    resolve = tell;
  });
  return { promise, resolve };
}

function openLogs(): Pick<LogTee, 'log'> & {
  readonly access: LineWriter;
  readonly tee: LogTee;
  readonly sinks: LocalLogSinks;
} {
  const access = createLineWriter(process.stdout);
  const lines = createLineWriter(process.stderr);
  process.once('exit', () => closeLineWriters(access, lines));
  const tee = new LogTee(createConsoleLog(lines.write, systemClock), () => systemClock.now());
  return {
    access,
    tee,
    log: tee.log,
    sinks: createLogSinks({ console: access.write, log: tee.log, clock: systemClock }),
  };
}

/** A worker that found its configuration wrong, or that could not open what it needs, has said so itself. */
function explainStart(error: unknown, supervisor: Supervisor, running: string | null): number {
  if (!SupervisorError.is(error) && !TransportError.is(error)) throw error; // a bug: show its stack
  const endedWith = (code: number): boolean =>
    supervisor.status().slots.some(({ lastExit }) => lastExit?.code === code);
  if (endedWith(wrongConfig)) return wrongConfig;
  if (running === null && endedWith(cannotStart)) return 1;
  process.stderr.write(`${running ?? withoutSocketNames(error.message)}\n`);
  return 1;
}

/** The supervisor's own successes are for the debug level: what changed is told by the reload. */
function supervisorLog(log: Logger): Pick<Logger, 'info' | 'warn' | 'error'> {
  return {
    info: (message, facts) => log.debug(message, facts),
    warn: (message, facts) => log.warn(message, facts),
    // The reload itself says why it changed nothing.
    error: (message, facts) => (message.startsWith('The reload was abandoned') ? log.debug : log.error)(message, facts),
  };
}
