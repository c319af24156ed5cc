import { OptionsError } from '@windhover/config';
import { type CertificateFiles, checkCertificate, TransportError } from '@windhover/transport';

/** Where the files of a certificate stand in the options of a feature. */
export interface FilesPlace {
  /** What has the keys `certificate` and `key`. */
  readonly at: readonly (string | number)[];
  /** Whether `key` is given. */
  readonly hasKey: boolean;
}

/**
 * Checks a certificate and its key. Rejects with an `OptionsError` at the name of the file that is wrong.
 *
 * @returns the warnings: that the certificate is expired, or not valid yet
 */
export async function checkFiles(files: CertificateFiles, { at, hasKey }: FilesPlace): Promise<readonly string[]> {
  try {
    return (await checkCertificate(files)).map(({ message }) => message);
  } catch (error) {
    if (!TransportError.is(error)) throw error;
    const key = hasKey && isOfKey(error, files) ? 'key' : 'certificate';
    throw new OptionsError([{ path: [...at, key], message: messageOf(error, files) }]);
  }
}

function isOfKey({ code, message }: TransportError, { keyFile }: CertificateFiles): boolean {
  if (code === 'TRANSPORT_TLS_FILE') return message.includes(`${keyFile}.`);
  return code === 'TRANSPORT_TLS_BAD_KEY' || code === 'TRANSPORT_TLS_KEY_MISMATCH';
}

function messageOf({ code, message }: TransportError, { certFile }: CertificateFiles): string {
  if (code === 'TRANSPORT_TLS_NO_KEY')
    return `expected a private key too, found none in ${certFile}: name its key under \`key\`, or put it into the file`;
  return `expected a certificate with its key, found: ${message}`;
}
