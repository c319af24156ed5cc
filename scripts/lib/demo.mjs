// What `npm start` runs, and where: PORT and API_PORT move it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './run.mjs';

const folder = `${root}examples/demo`;

/** The front server's port and the API's. */
export const ports = { front: Number(process.env.PORT ?? 8080), api: Number(process.env.API_PORT ?? 8081) };

/** The demo's configuration file, or a copy of it for other ports, which is removed when the process ends. */
export function demoConfig() {
  const file = `${folder}/windhover.yaml`;
  if (ports.front === 8080 && ports.api === 8081) return file;
  const text = readFileSync(file, 'utf8')
    .replace('listen: [localhost:8080]', `listen: [localhost:${ports.front}]`)
    .replace('http://127.0.0.1:8081', `http://127.0.0.1:${ports.api}`)
    .replaceAll('root: ./', () => `root: ${folder}/`);
  const temporary = mkdtempSync(join(tmpdir(), 'windhover-demo-'));
  process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
  writeFileSync(join(temporary, 'windhover.yaml'), text);
  return join(temporary, 'windhover.yaml');
}

/** Says which port is taken, and how to choose another; `null` when all are free. */
export async function portsProblem() {
  for (const [name, variable, port, host] of [
    ['the front server', 'PORT', ports.front, 'localhost'],
    ['the API of the demo', 'API_PORT', ports.api, '127.0.0.1'],
  ]) {
    const error = await tryPort(port, host);
    if (error?.code === 'EADDRINUSE')
      return `Port ${port}, for ${name}, is taken: by another npm start perhaps. Stop it, or choose another: ${variable}=${port + 1000} npm start`;
    if (error !== null)
      return `Port ${port}, for ${name}, cannot be used: ${error.message}. Choose another: ${variable}=9080 npm start`;
  }
  return null;
}

function tryPort(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    try {
      server.once('error', resolve).listen({ port, host }, () => server.close(() => resolve(null)));
    } catch (error) {
      resolve(error);
    }
  });
}
