import { createServer } from 'node:net';

/** How many ports are tried. */
const tries = 20;

/** Returns the first port after `port` at which this process could listen on 127.0.0.1, or `null` if there is none close by. */
export async function nextFreePort(port: number): Promise<number | null> {
  for (let next = port + 1; next <= Math.min(port + tries, 65_535); next++) if (await isFree(next)) return next;
  return null;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
