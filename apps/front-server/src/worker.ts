// The program of each worker process: serves on the supervisor's sockets. The export makes it a module, which may await.
export {};

// `systemctl kill -s USR1` is meant for the supervisor's log files, but reaches workers too: without a listener, Node would open its debugger
// to everybody on this machine. That must be first, before the time that loading takes.
process.on('SIGUSR1', () => undefined);

// If the console was closed, writing fails, but the worker must go on.
process.stdout.on('error', () => undefined);

const [{ joinSupervisor }, { serveAsWorker }] = await Promise.all([
  import('@windhover/supervisor/worker'),
  import('./lib/serve-as-worker.ts'),
]);
await serveAsWorker(joinSupervisor());
