// The program of each worker process: runs the application on the supervisor's socket.
import { joinSupervisor } from '@windhover/supervisor/worker';
import { explain } from './lib/explain.ts';
import { loadApp } from './lib/load-app.ts';
import { openLogs } from './lib/open-logs.ts';
import { readSettings } from './lib/read-settings.ts';
import { startApp } from './lib/start-app.ts';
import { askForTickets, isSecure } from './lib/worker-tickets.ts';

// As in the main program: if the console was closed or the disk is full, the worker must go on.
process.stdout.on('error', () => undefined);

const worker = joinSupervisor<'web'>();
try {
  const read = await readSettings(process.argv.slice(2), process.env);
  if (read.kind !== 'settings') throw new Error(read.kind === 'misuse' ? read.message : read.kind);
  const { settings, features } = read;
  const logs = openLogs(settings);
  const app = await loadApp(settings.app!);
  const tickets = isSecure(settings) ? { ticketKeys: await askForTickets(worker) } : {};
  const running = await startApp(app, settings, { address: worker.listen.web, logs, features, ...tickets });
  worker.onStop(async ({ timeoutMs }) => {
    await running.stop(timeoutMs);
    logs.flush();
  });
  worker.balance(running);
  worker.ready();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
