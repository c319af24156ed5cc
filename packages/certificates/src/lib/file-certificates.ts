import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CertificateStore } from './certificate-store.ts';
import { certificateError } from './errors.ts';
import { writeDurably } from './write-durably.ts';

/**
 * Creates a store of files below a folder, which is made when it is needed. Folders have the mode 0700 and files 0600: they hold keys. A
 * certificate is a PEM file that other programs can read too.
 */
export function createFileCertificates(folder: string): CertificateStore {
  if (typeof folder !== 'string' || folder === '')
    throw certificateError('CERTIFICATES_OPTION_INVALID', 'folder: expected the path of a folder');
  const base = resolve(folder);
  const fileOf = (name: string): string => join(base, ...name.split('/').map(toFileName));
  return {
    async get(name) {
      try {
        return await readFile(fileOf(name), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    set: (name, text) => writeDurably(fileOf(name), text),
    delete: (name) => rm(fileOf(name), { force: true }),
  };
}

/** A part of a name as that of a file: `*` is not allowed on every system, and no part may lead out of the folder. */
function toFileName(part: string): string {
  return encodeURIComponent(part).replaceAll('*', '%2A').replace(/^\./, '%2E');
}
