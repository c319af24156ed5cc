// The program of each worker process: serves on the supervisor's sockets.
import { joinSupervisor } from '@windhover/supervisor/worker';
import { serveAsWorker } from './lib/serve-as-worker.ts';

// If the console was closed, writing fails, but the worker must go on.
process.stdout.on('error', () => undefined);

await serveAsWorker(joinSupervisor());
