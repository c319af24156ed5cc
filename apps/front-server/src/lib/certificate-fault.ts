import type { Configuration } from '@windhover/config';
import { ftpOf } from '@windhover/features';
import { TransportError } from '@windhover/transport';
import { createFtpTls } from './create-ftp-tls.ts';
import { createListenerTls } from './create-listener-tls.ts';

const nothing = (): void => undefined;
/** The features have told of their certificates already. */
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Says what is wrong with the TLS of a listener as a whole, names and ciphers, and with the certificates of FTP. `null`: nothing. */
export async function certificateFault(config: Configuration): Promise<string | null> {
  let place = '';
  try {
    for (const listener of config.listeners) await createListenerTls(listener, config, quiet);
    for (const [index, server] of ftpOf(config.features).entries()) {
      place = `ftp[${index}]: `;
      await createFtpTls(server, config, quiet);
    }
    return null;
  } catch (error) {
    if (!TransportError.is(error)) throw error;
    return `${place}${error.message}`;
  }
}
