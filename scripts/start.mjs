// `npm start`: builds what is needed and runs the front server on the demo, with the demo's API beside it.
import { spawn } from 'node:child_process';
import { build, install, root } from './lib/run.mjs';

console.log('Building what is not built yet …');
for (const step of [install, () => build('@windhover/front-server')]) {
  const code = await step();
  if (code !== 0) process.exit(code);
}
console.log(`Open http://localhost:8080/ when it is ready, or try:
  curl http://localhost:8080/api/time                            through the proxy
  curl -i -H 'Range: bytes=0-99' http://localhost:8080/          the first 100 bytes of a file
  curl -N http://localhost:8080/api/ticks                        an answer that streams
  curl -i http://docs.localhost:8080/                            another site by its host
What serves it is examples/demo/windhover.yaml.
`);

const front = start('apps/front-server/dist/main.js', ['run', '--config', 'examples/demo/windhover.yaml']);
const api = start('examples/demo/api.mjs', []);

let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(front));
// Whichever ends first takes the other along, the API last: what the front server still answers may need it.
front.once('exit', (code) => {
  process.exitCode ||= isStopping ? 0 : (code ?? 1);
  stop(api);
});
api.once('exit', (code) => {
  process.exitCode ||= isStopping ? 0 : (code ?? 1);
  stop(front);
});

/** In groups of their own, so that a Ctrl-C in a terminal reaches us alone, and the order of stopping is ours. */
function start(script, args) {
  return spawn(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit', detached: true });
}

function stop(child) {
  isStopping = true;
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
}
