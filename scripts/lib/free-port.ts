import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to whoever asks for any, so that no other test gets it before it is used. */
const [first, last] = [15_000, 31_000];
const given = new Set<number>();

/** A port of 127.0.0.1 that nobody uses, for a program that must be told its port. It is never given twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * (last - first));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

/** Several of them. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

/** Whether it can be taken for TCP and for UDP, at all addresses. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port);
  const socket = createSocket('udp4').bind(port);
  const isTaken = await Promise.all([once(server, 'listening'), once(socket, 'listening')]).then(
    () => false,
    () => true,
  );
  await Promise.all([closed(server), closed(socket)]);
  return !isTaken;
}

/** One that could not be opened says so, and is closed all the same. */
async function closed(open: { close(callback: () => void): unknown }): Promise<void> {
  await new Promise<void>((resolve) => {
    try {
      open.close(() => resolve());
    } catch {
      resolve();
    }
  });
}
