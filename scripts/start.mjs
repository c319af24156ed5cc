// `npm start`: builds both servers and runs the front server on the demo, with the demo's API beside it.
import { spawn } from 'node:child_process';
import { demoConfig, ports, portsProblem } from './lib/demo.mjs';
import { watchStarter } from './lib/npm-process.mjs';
import { build, install, root } from './lib/run.mjs';

const isStarterGone = watchStarter();
const endWithParent = new URL('./lib/end-with-parent.mjs', import.meta.url).href;
const problem = await portsProblem();
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}

console.log('Building what is not built yet …');
for (const step of [install, () => build('@windhover/front-server', '@windhover/app-server')]) {
  const code = await step();
  if (code !== 0) process.exit(code);
}
const site = `http://localhost:${ports.front}/`;
console.log(`Open ${site} when it is ready, or try:
  curl ${site}api/time                            through the proxy
  curl -i -H 'Range: bytes=0-99' ${site}          the first 100 bytes of a file
  curl -N ${site}api/ticks                        an answer that streams
  curl -i http://docs.localhost:${ports.front}/                            another site by its host
What serves it is examples/demo/windhover.yaml.
`);

const front = start('apps/front-server/dist/main.js', ['run', '--config', demoConfig()]);
const api = start('examples/demo/api.mjs', [], { PORT: String(ports.api) });

let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(front));
// npm may be killed without a chance to pass it on.
setInterval(() => isStarterGone() && stop(front), 500).unref();
// Whichever ends first takes the other along, the API last: what the front server still answers may need it.
front.once('exit', (code) => {
  process.exitCode ||= isStopping ? 0 : (code ?? 1);
  stop(api);
});
api.once('exit', (code) => {
  process.exitCode ||= isStopping ? 0 : (code ?? 1);
  stop(front);
});

/**
 * In groups of their own, so that a Ctrl-C in a terminal reaches us alone, and the order of stopping is ours. The channel tells them when
 * we are gone.
 */
function start(script, args, env = {}) {
  const { PORT: _ours, ...inherited } = process.env;
  return spawn(process.execPath, ['--import', endWithParent, script, ...args], {
    cwd: root,
    env: { ...inherited, ...env },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
}

function stop(child) {
  isStopping = true;
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
}
