import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A connection that ends with the test. */
export async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.setEncoding('latin1');
  await once(socket, 'connect');
  return socket;
}

/** What comes until this has come. */
export async function hear(socket: Socket, end: string): Promise<string> {
  let heard = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    heard += chunk as string;
    if (heard.includes(end)) break;
  }
  return heard;
}

/** A promise, and what settles it. */
export function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

export const get = (path = '/', version = '1.1'): string => `GET ${path} HTTP/${version}\r\nHost: a\r\n\r\n`;
