import { parseListenAddress } from '@windhover/config/read';

/** The listener of a command without a configuration file. */
export interface ChosenListener {
  /** As it stands under `listen`. */
  readonly listen: string;
  /** The port, if it was not given, so that another one can be suggested; otherwise `null`. */
  readonly assumedPort: number | null;
}

/**
 * Reads `--port` and `--listen`. Without them it is port 8080 of this machine alone: nobody else can see what is served by accident. `:80` is
 * port 80 of every address. For a wrong value it returns the message.
 */
export function readListenOptions({
  port,
  listen,
}: {
  readonly port?: string | undefined;
  readonly listen?: string | undefined;
}): ChosenListener | string {
  if (port !== undefined && listen !== undefined) return 'Give either --port or --listen.';
  if (port !== undefined) {
    const isPort = /^[0-9]{1,5}$/.test(port) && Number(port) <= 65_535;
    return isPort
      ? { listen: `127.0.0.1:${port}`, assumedPort: null }
      : `--port must be a number from 0 to 65535, found "${port}".`;
  }
  if (listen === undefined) return { listen: '127.0.0.1:8080', assumedPort: 8080 };
  const written = listen.startsWith(':') ? `*${listen}` : listen;
  const address = parseListenAddress(written);
  return 'expected' in address
    ? `--listen must be ${address.expected.replace('"*:80"', ':80').replaceAll('`', '')}, found "${listen}".`
    : { listen: written, assumedPort: null };
}
