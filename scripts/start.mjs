// `npm start`: builds both servers and runs the front server on the demo, with the demo's two APIs behind it.
import { spawn } from 'node:child_process';
import { ensureCertificate } from '../examples/demo/make-certificate.mjs';
import { ports, portsProblem, portVariables } from './lib/demo.mjs';
import { demoText } from './lib/demo-text.mjs';
import { isBuilt } from './lib/is-built.mjs';
import { watchStarter } from './lib/npm-process.mjs';
import { build, install, root } from './lib/run.mjs';
import { untilReady } from './lib/until-ready.mjs';

/** npm passes a Ctrl-C on although the terminal has sent it to all of us: the second within this time is no wish to end at once. */
const sameSignalMs = 500;

const endWithParent = new URL('./lib/end-with-parent.mjs', import.meta.url).href;
const problem = await portsProblem();
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}

const servers = ['front-server', 'app-server'];
for (const step of [install, buildOnce]) {
  const code = await step();
  if (code !== 0) process.exit(code);
}
if (ensureCertificate()) console.log('Made a certificate for https://localhost, for 90 days.');

const startedAt = performance.now();
const front = start(
  'apps/front-server/dist/main.js',
  ['run', '--config', 'examples/demo/windhover.yaml'],
  portVariables,
);
const apis = [ports.api, ports.secondApi].map((port) => start('examples/demo/api.mjs', [], { PORT: String(port) }));

let stoppingSince = null;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopAll());
const isStarterGone = watchStarter(); // after the start, which it would delay
// npm may be killed without a chance to pass it on.
setInterval(() => isStarterGone() && stopAll(), 500).unref();
// Whichever ends first takes the others along, the APIs last: what the front server still answers may need them.
front.once('exit', (code) => {
  process.exitCode ||= stoppingSince === null ? (code ?? 1) : 0;
  stoppingSince ??= performance.now();
  for (const api of apis) stop(api);
});
for (const api of apis) {
  api.once('exit', (code) => {
    process.exitCode ||= stoppingSince === null ? (code ?? 1) : 0;
    stopAll();
  });
}
if (await untilReady(ports.metrics, () => stoppingSince === null)) {
  console.log(demoText(ports, performance.now() - startedAt));
}

/** Only what is not built yet; even asking turbo takes longer than the start. */
async function buildOnce() {
  if (isBuilt(root, servers)) return 0;
  console.log('Building what is not built yet …');
  return build(...servers.map((name) => `@windhover/${name}`));
}

/**
 * In groups of their own, so that a Ctrl-C in a terminal reaches us alone, and the order of stopping is ours. The channel tells them when
 * we are gone.
 */
function start(script, args, env) {
  return spawn(process.execPath, ['--import', endWithParent, script, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
}

function stopAll() {
  const now = performance.now();
  if (stoppingSince !== null && now - stoppingSince < sameSignalMs) return;
  stoppingSince ??= now;
  stop(front);
}

function stop(child) {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
}
