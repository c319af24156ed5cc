import { isIP } from 'node:net';
import type { ListenAddress } from '@windhover/config/read';
import type { ServiceSocket } from './service-facts.ts';

/** The sockets that systemd can open for the listeners of a configuration, or what is in the way. */
export function serviceSockets(listen: readonly ListenAddress[]): readonly ServiceSocket[] | string {
  const sockets: ServiceSocket[] = [];
  for (const address of listen) {
    if ('path' in address) {
      const { path, mode } = address;
      sockets.push({ name: path, listen: path, mode: mode === undefined ? null : mode.toString(8) });
      continue;
    }
    const { port, host } = address;
    if (port === 0) return 'The port 0 stands for any free one: systemd needs to know which.';
    const ip = host === 'localhost' ? '127.0.0.1' : host;
    if (ip !== undefined && isIP(ip) === 0)
      return `systemd looks up no names: write the address of ${ip} under listen.`;
    const name = String(port);
    if (sockets.some((socket) => socket.name === name))
      return `Two listeners have the port ${port}: a socket of systemd is found by its port, so there can be one only.`;
    sockets.push({
      name,
      listen: ip === undefined ? name : `${ip.includes(':') ? `[${ip}]` : ip}:${name}`,
      mode: null,
    });
  }
  return sockets;
}
