import { parseListenAddress } from '@windhover/config/read';
import type { ChosenListener } from './listen-option.ts';
import { nextFreePort } from './next-free-port.ts';

/** The text of a configuration that a command has built. A `${` in it is a plain one: a folder may have such a name. */
export function configText(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(value, null, 2).replaceAll('${', () => '$${');
}

/** The same over HTTPS, with a certificate of this machine. The only site answers whatever name it is asked for. */
export function withLocalHttps(
  value: Readonly<Record<string, unknown>>,
  listen: string,
): Readonly<Record<string, unknown>> {
  const address = parseListenAddress(listen);
  const where = 'path' in address ? { unix: address.path } : toPort(address as { port: number; host?: string });
  const [[name, site]] = Object.entries(value['sites'] as Record<string, object>) as [[string, object]];
  return {
    ...value,
    listen: [{ ...where, tls: 'auto' }],
    certificates: { local: true },
    sites: { [name]: { hosts: ['localhost'], ...site } },
    defaultSite: name,
  };
}

/** Runs the server on a configuration that a command has built, the same way as one from a file. */
export async function runValue(
  command: string,
  value: Readonly<Record<string, unknown>>,
  { listen, assumedPort }: ChosenListener,
  version: string,
  isHttps = false,
): Promise<number> {
  const text = configText(isHttps ? withLocalHttps(value, listen) : { listen, ...value });
  const hint = async (): Promise<string> => {
    const port = assumedPort === null ? null : await nextFreePort(assumedPort);
    return port === null ? '' : `Try --port ${port}.\n`;
  };
  const { runServer } = await import('./run-server.ts');
  return runServer({ file: `windhover ${command}`, text }, version, hint);
}

function toPort({ port, host }: { readonly port: number; readonly host?: string }): Readonly<Record<string, unknown>> {
  return { port, ...(host === undefined ? {} : { address: host }) };
}
