// Answers with its process id; other paths do what their name says.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';

const { PORT, FORKS, READY_AFTER_MS = '0' } = process.env;
let hits = 0;
const leaked = [];
const server = createServer((request, response) => {
  hits += 1;
  const answers = {
    '/crash': () => process.exit(3),
    '/hang': () => {
      for (;;);
    },
    '/leak': () => {
      leaked.push(Buffer.alloc(64 * 2 ** 20, 1));
      response.end(String(leaked.length));
    },
    '/slow': () => setTimeout(() => response.end(`slow ${process.pid}`), 400),
    '/hits': () => response.end(String(hits)),
    '/env': () =>
      response.end(
        JSON.stringify({ ...process.env, uid: process.getuid(), gid: process.getgid(), cwd: process.cwd() }),
      ),
  };
  const answer = answers[request.url];
  if (answer === undefined) response.end(String(process.pid));
  else answer();
});
if (FORKS !== undefined) {
  const stay = ['-e', 'setInterval(() => undefined, 1000)'];
  const group = spawn(process.execPath, stay, { stdio: 'ignore' });
  const apart = spawn(process.execPath, stay, { stdio: 'ignore', detached: true });
  console.log(`forked ${group.pid} ${apart.pid}`);
}
setTimeout(() => server.listen(/^[0-9]+$/.test(PORT) ? Number(PORT) : PORT), Number(READY_AFTER_MS));
server.on('listening', () => console.log('listening'));
console.log('starting');
console.error('a line of stderr');
