import { closeSync, constants, fstatSync, open, read } from 'node:fs';
import { TransportError } from './errors.ts';

/** Reads the text of a PEM file. Rejects with a `TransportError` that names the file and says what to do. */
export async function readPem(file: string): Promise<string> {
  try {
    return await readText(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TransportError('TRANSPORT_TLS_FILE', `${file}. ${advice[code ?? ''] ?? (error as Error).message}`, error);
  }
}

/** As `readFile`, with a third of its hops to other threads: thousands of files are read at a start. Opening a pipe would wait for whoever writes to it. */
async function readText(file: string): Promise<string> {
  const descriptor = await new Promise<number>((resolve, reject) =>
    open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0), (error, opened) =>
      error === null ? resolve(opened) : reject(error),
    ),
  );
  try {
    const stats = fstatSync(descriptor); // of an open file: the disk is not asked
    if (stats.isFIFO()) throw new Error('It is a pipe: name a file.');
    return await readToEnd(descriptor, Buffer.allocUnsafe(Math.max(stats.size + 1, 1024)));
  } finally {
    closeSync(descriptor); // nothing was written, so that it waits for nothing
  }
}

async function readToEnd(descriptor: number, into: Buffer, filled = 0): Promise<string> {
  const length = await new Promise<number>((resolve, reject) =>
    read(descriptor, into, filled, into.length - filled, null, (error, count) =>
      error === null ? resolve(count) : reject(error),
    ),
  );
  // One byte more than the file has was free: a read that leaves it free has reached the end.
  if (filled + length < into.length) return into.toString('latin1', 0, filled + length);
  return readToEnd(descriptor, Buffer.concat([into], into.length * 2), filled + length);
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
