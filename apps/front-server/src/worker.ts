// The program of each worker process: serves on the supervisor's sockets.
import { joinSupervisor } from '@windhover/supervisor/worker';
import { serveAsWorker } from './lib/serve-as-worker.ts';

// If the console was closed, writing fails, but the worker must go on.
process.stdout.on('error', () => undefined);

// `systemctl kill -s USR1` means the supervisor's log files, but reaches workers too: Node would open its debugger to everybody on this machine.
process.on('SIGUSR1', () => undefined);

await serveAsWorker(joinSupervisor());
