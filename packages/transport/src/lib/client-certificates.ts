import { createHash, X509Certificate } from 'node:crypto';
import { TransportError } from './errors.ts';
import { readPem } from './read-pem.ts';

/** Which client certificates a server asks for. */
export interface ClientCertificates {
  /** PEM: the authorities that sign the certificates of clients. No other authority is trusted. */
  readonly caFile: string;
  /**
   * PEM: the revocation lists of these authorities, one for each that signs something; without the list of an authority
   * its certificates are refused. Default: revocation is not checked.
   */
  readonly crlFile?: string;
  /**
   * `require`: the handshake fails without a valid certificate. `request`: the client is asked, and whoever handles the
   * connection decides by `info.tls.clientCertificate`. Default: `require`.
   */
  readonly mode?: 'require' | 'request';
  /** The beginning of `info.tls.clientCertificate.policy`, to tell servers apart that share their files. Default: none. */
  readonly name?: string;
}

/** Client certificates whose files have been read. */
export interface AskedCertificates {
  readonly ca: readonly string[];
  readonly crl: readonly string[];
  readonly isRequired: boolean;
  readonly policy: string;
}

/** Reads the files. Rejects with a `TransportError` that names the file and says what to do. */
export async function readClientCertificates(options: ClientCertificates): Promise<AskedCertificates> {
  const { caFile, crlFile, mode = 'require', name = '' } = options;
  const ca = blocksOf(await readPem(caFile), 'CERTIFICATE');
  if (ca.length === 0) throw bad(caFile, 'PEM blocks "-----BEGIN CERTIFICATE-----" of authorities were expected');
  ca.forEach((block, index) => {
    try {
      new X509Certificate(block);
    } catch (error) {
      throw bad(caFile, `certificate ${index + 1} of ${ca.length} cannot be read: copy the file again`, error);
    }
  });
  const crl = crlFile === undefined ? [] : blocksOf(await readPem(crlFile), 'X509 CRL');
  if (crlFile !== undefined && crl.length === 0)
    throw bad(crlFile, 'PEM blocks "-----BEGIN X509 CRL-----" were expected, one for each authority');
  const digest = createHash('sha256')
    .update(JSON.stringify([mode, ca, crl]))
    .digest('base64url');
  return { ca, crl, isRequired: mode === 'require', policy: `${name}:${digest}` };
}

/**
 * Reads the files and returns what `info.tls.clientCertificate.policy` is on connections that were asked with them. A
 * server that reloads them can tell connections that were asked before.
 */
export async function clientCertificatePolicy(options: ClientCertificates): Promise<string> {
  return (await readClientCertificates(options)).policy;
}

function blocksOf(text: string, type: string): string[] {
  return text.match(new RegExp(`-----BEGIN ${type}-----[^-]*-----END ${type}-----`, 'g')) ?? [];
}

function bad(file: string, what: string, cause?: unknown): TransportError {
  return new TransportError('TRANSPORT_TLS_BAD_CERTIFICATE', `${file}: ${what}`, cause);
}
