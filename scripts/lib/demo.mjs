// Where `npm start` runs what. PORT=9080 moves every port by 1000; each has a variable of its own too.
import { createServer } from 'node:net';

const moved = Number(process.env.PORT ?? 8080) - 8080;

/** What listens. The variables are those of examples/demo/windhover.yaml. */
const listeners = [
  { key: 'front', name: 'the front server', variable: 'PORT', usual: 8080, host: 'localhost' },
  { key: 'secure', name: 'HTTPS', variable: 'HTTPS_PORT', usual: 8443, host: 'localhost' },
  { key: 'api', name: 'the API of the demo', variable: 'API_PORT', usual: 8081, host: '127.0.0.1' },
  { key: 'secondApi', name: 'the second API of the demo', variable: 'API_PORT_2', usual: 8082, host: '127.0.0.1' },
  { key: 'metrics', name: 'metrics', variable: 'METRICS_PORT', usual: 9145, host: '127.0.0.1' },
].map((listener) => ({ ...listener, port: Number(process.env[listener.variable] ?? listener.usual + moved) }));

/** The ports by key: `front`, `secure`, `api`, `secondApi`, `metrics`. */
export const ports = Object.fromEntries(listeners.map(({ key, port }) => [key, port]));

/** The environment in which the demo's configuration has these ports. */
export const portVariables = Object.fromEntries(listeners.map(({ variable, port }) => [variable, String(port)]));

/** Says which port cannot be had, and how to choose another; `null` when all are free. */
export async function portsProblem() {
  const errors = await Promise.all(listeners.map(({ port, host }) => tryPort(port, host)));
  for (const [index, { name, variable, usual, port }] of listeners.entries()) {
    const error = errors[index];
    if (error?.code === 'EADDRINUSE')
      return `Port ${port}, for ${name}, is taken: by another npm start perhaps. Stop it, or choose another: ${variable}=${port + 1000} npm start`;
    if (error !== null)
      return `Port ${port}, for ${name}, cannot be used: ${error.message}. Choose another: ${variable}=${usual + 1000} npm start`;
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
