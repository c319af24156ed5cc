import type { ClientCertificates } from './client-certificates.ts';

/** A certificate in memory. The same object is the same certificate: its TLS context is made once, and kept as long as the object. */
export type FoundCertificate =
  | {
      /** PEM: the certificate of this server first, then the intermediate certificates. */
      readonly cert: string;
      /** PEM: its private key, not encrypted. */
      readonly key: string;
    }
  | {
      /** Both in one file of PKCS #12. */
      readonly pfx: Uint8Array;
      readonly passphrase: string;
    };

/** Finds certificates when clients ask for them. */
export interface CertificateFinder {
  /**
   * Finds the certificate for a server name in canonical form: lower case, no dot at the end. The name is empty for a client that asks for none.
   * `null`: there is none. If it takes a while, the handshake waits, up to its deadline; if it rejects, the handshake fails.
   */
  find(serverName: string): FoundCertificate | null | Promise<FoundCertificate | null>;
  /** As in `CertificateFiles`. */
  readonly clientCertificates?: ClientCertificates;
}

/** Whether it is a finder, not files. */
export function isFinder(value: unknown): value is CertificateFinder {
  return typeof value === 'object' && value !== null && typeof (value as { find?: unknown }).find === 'function';
}
