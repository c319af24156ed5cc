// Waits for a server that somebody else has started.
import { get } from 'node:http';

/** Asks the health check until the server is ready: true; or until it is no longer wanted: false. */
export async function untilReady(metricsPort, isWanted) {
  while (isWanted()) {
    if (await isReady(metricsPort)) return isWanted();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

function isReady(port) {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/health/ready', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).once('error', () => resolve(false));
  });
}
