import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { systemClock } from '@windhover/core';
import { createSupervisor, type PingOptions, type Supervisor } from '@windhover/supervisor';
import { listenAddress } from './listen-address.ts';
import { openLogs } from './open-logs.ts';
import type { Settings } from './settings.ts';
import { watchFolder } from './watch-folder.ts';
import { isSecure, WorkerTickets } from './worker-tickets.ts';

/** Serves the application in worker processes, and replaces them on SIGHUP. */
export async function runWorkers(args: readonly string[], settings: Settings, version: string): Promise<number> {
  const { log, say, announce, flush } = openLogs(settings);
  const { workers: wanted = 1, readyTimeout: readyTimeoutMs, stopTimeout: stopTimeoutMs, balance, control } = settings;
  const workers = wanted === 'auto' ? availableParallelism() : wanted;
  const tickets = new WorkerTickets(systemClock.now);
  const supervisor = createSupervisor({
    worker: new URL('./worker.js', import.meta.url),
    args: [...args],
    workers,
    listen: { web: oneAddress(listenAddress(settings)) },
    signals: true,
    systemd: true,
    log,
    ping: pingOptions(settings),
    ...(isSecure(settings)
      ? { onMessage: (message, from) => tickets.answer(message, (state) => from.send(state)) }
      : {}),
    ...(balance === undefined ? {} : { balance }),
    ...(readyTimeoutMs === undefined ? {} : { readyTimeoutMs }),
    ...(stopTimeoutMs === undefined ? {} : { stopTimeoutMs }),
    ...(control === undefined ? {} : { controlPath: resolve(control) }),
  });
  await supervisor.start();
  const readyMs = performance.now();
  const address = supervisor.status().listen['web']!;
  announce({ version, settings, address, workers, readyMs });
  const watcher =
    settings.watch === true
      ? watchFolder(dirname(resolve(settings.app!)), () => startAnew(supervisor, log.info))
      : null;
  await supervisor.stopped;
  watcher?.close();
  flush();
  say('Stopped.\n');
  return 0;
}

function pingOptions({ pingInterval: intervalMs, pingTimeout: timeoutMs }: Settings): PingOptions | false {
  if (timeoutMs === null) return false;
  return { ...(intervalMs === undefined ? {} : { intervalMs }), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

/** Chooses one address, since a socket has only one: for `localhost` the one that every program tries. */
function oneAddress(address: ReturnType<typeof listenAddress>): ReturnType<typeof listenAddress> {
  return 'host' in address && address.host === 'localhost' ? { ...address, host: '127.0.0.1' } : address;
}

function startAnew(supervisor: Supervisor, say: (message: string) => void): void {
  const startedAt = performance.now();
  supervisor.reload().then(
    () => say(`Started anew in ${Math.round(performance.now() - startedAt)} ms`),
    () => undefined, // the supervisor has logged the reason; the old workers go on
  );
}
