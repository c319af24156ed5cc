import { connect } from 'node:net';
import { disposeBody } from '@windhover/core';
import type { HttpClient } from '@windhover/http-client';

/** Where an instance listens. */
export type AppAddress = { readonly port: number } | { readonly socket: string };

/** The address as `proxy` and `http-client` take it. */
export function originOf(address: AppAddress): string {
  return 'port' in address ? `http://127.0.0.1:${address.port}` : `unix:${address.socket}`;
}

/** Whether somebody accepts a connection there. */
export function accepts(address: AppAddress, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = 'port' in address ? connect(address.port, '127.0.0.1') : connect(address.socket);
    const tell = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(timeoutMs, () => tell(false));
    socket.once('error', () => tell(false));
    socket.once('connect', () => tell(true));
  });
}

/** Requests a path and returns the status, or what went wrong. The content is not read to its end. */
export async function request(
  client: HttpClient,
  address: AppAddress,
  path: string,
  { host, timeoutMs }: { readonly host: string | null; readonly timeoutMs: number },
): Promise<number | string> {
  const call = client.request(originOf(address), { method: 'GET', target: path, host: host ?? 'localhost' });
  const late = setTimeout(() => call.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    const { status, body } = await call.response;
    disposeBody(body, new Error('its status is enough'));
    return status;
  } catch (error) {
    const { cause, message } = error as Error;
    return cause instanceof Error ? cause.message : message;
  } finally {
    clearTimeout(late);
  }
}
