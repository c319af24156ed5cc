import { stopSignal } from '@windhover/console';
import type { AppFeatures } from './app-features.ts';
import type { Ending } from './ending.ts';
import { listenAddress } from './listen-address.ts';
import { loadApp } from './load-app.ts';
import { openLogs } from './open-logs.ts';
import type { Settings } from './settings.ts';
import { startApp } from './start-app.ts';

/** Serves the application in this process until a signal stops it. */
export async function runHere(
  settings: Settings,
  features: AppFeatures | null,
  version: string,
  ending: Ending,
): Promise<number> {
  const logs = openLogs(settings);
  const { log, say, announce, flush } = logs;
  ending.host(settings.app!);
  const app = await loadApp(settings.app!);
  const running = await startApp(app, settings, { address: listenAddress(settings), logs, features });
  const readyMs = performance.now();
  const { address } = running.listener;
  announce({ version, settings, address, workers: 0, readyMs });
  ending.phase = 'serving';
  process.on('SIGHUP', () => {
    if (settings.tlsCert === undefined) log.warn('SIGHUP: there is nothing to reload; with --workers it replaces them');
    else
      running.reloadCertificates().then(
        () => log.info('SIGHUP: certificate and key were read again'),
        (error: unknown) => log.error('SIGHUP: the old certificate stays', { error }),
      );
  });
  const signal = await stopSignal((_signal, exitCode) => {
    ending.phase = 'over';
    process.exit(exitCode);
  });
  flush();
  const open = running.connections === 1 ? '1 connection is' : `${running.connections} connections are`;
  say(`${signal}: stopping, ${open} open. A second signal ends at once.\n`);
  await running.stop(settings.stopTimeout ?? 30_000);
  flush();
  say('Stopped.\n');
  return 0;
}
