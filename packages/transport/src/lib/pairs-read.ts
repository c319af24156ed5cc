import type { CertificateFiles, KeyPair } from './certificate-files.ts';

const pairs = new WeakMap<CertificateFiles, KeyPair>();

/** What `checkCertificate` has read from files, so that the first load of `createTls` need not read them again. */
export const pairsRead = {
  of: (files: CertificateFiles): KeyPair | null => pairs.get(files) ?? null,
  keep: (files: CertificateFiles, pair: KeyPair): void => void pairs.set(files, pair),
  /** For a copy of the same files. */
  carry(from: CertificateFiles, to: CertificateFiles): void {
    const pair = pairs.get(from);
    if (pair !== undefined) pairs.set(to, pair);
  },
};
