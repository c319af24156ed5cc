import { readFile, stat } from 'node:fs/promises';
import { TransportError } from './errors.ts';

/** Reads the text of a PEM file. Rejects with a `TransportError` that names the file and says what to do. */
export async function readPem(file: string): Promise<string> {
  try {
    // Reading a pipe waits for whoever writes to it, perhaps for ever.
    if ((await stat(file)).isFIFO()) throw new Error('It is a pipe: name a file.');
    return await readFile(file, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TransportError('TRANSPORT_TLS_FILE', `${file}. ${advice[code ?? ''] ?? (error as Error).message}`, error);
  }
}

const advice: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file: create it, or correct the path.',
  EACCES: 'Give the user of this process the right to read it.',
  EISDIR: 'It is a folder: name the PEM file in it.',
};

const pemBlock = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g;

/** The certificates of a PEM text, as PEM. */
export function pemCertificates(text: string): readonly string[] {
  return text.match(pemBlock) ?? [];
}
