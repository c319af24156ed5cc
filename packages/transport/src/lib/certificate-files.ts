import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { ClientCertificates } from './client-certificates.ts';
import { TransportError } from './errors.ts';
import { glanceAtPair, type PairFacts } from './glance-at-pair.ts';
import { pemCertificates, readPem } from './read-pem.ts';

/** The files of a certificate and its key. */
export interface CertificateFiles {
  /** PEM: the certificate of this server first, then the intermediate certificates up to a well-known root. */
  readonly certFile: string;
  /** PEM: the private key of the first certificate. */
  readonly keyFile: string;
  /** Decrypts an encrypted key. Default: the key is not encrypted. */
  readonly passphrase?: string;
  /** The certificates that clients are asked for when they are shown this one. Default: clients are not asked. */
  readonly clientCertificates?: ClientCertificates;
}

/** A certificate and the matching key, both PEM; the key is decrypted. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
  /** The first certificate, which is the server's own. Reads it. */
  readonly leaf: X509Certificate;
  /** What was seen at a glance; `null`: OpenSSL has read both. */
  readonly glance: PairFacts | null;
  /** The validity period of the certificate, in milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

/**
 * Reads both files and checks that they match. Rejects with a `TransportError` that names the file and says what to do.
 */
export async function readKeyPair(files: CertificateFiles): Promise<KeyPair> {
  const reading = readPem(files.keyFile);
  reading.catch(() => undefined); // of two missing files the first is named
  const cert = await readPem(files.certFile);
  const keyText = await reading;
  const glance = glanceAtPair(cert, keyText);
  if (glance !== null) return new GlancedPair(cert, glance);
  const [leaf, ...chain] = parseCertificates(cert, files.certFile);
  const key = openKey(keyText, files);
  if (!leaf!.checkPrivateKey(key)) throw mismatch(files, chain, key);
  const { validFrom, validTo } = leaf!;
  const pem = key.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { cert, key: pem, leaf: leaf!, glance, validFrom: Date.parse(validFrom), validTo: Date.parse(validTo) };
}

/** A pair that OpenSSL has not read. */
class GlancedPair implements KeyPair {
  readonly cert: string;
  readonly key: string;
  readonly glance: PairFacts;
  readonly validFrom: number;
  readonly validTo: number;

  constructor(cert: string, glance: PairFacts) {
    this.cert = cert;
    this.key = glance.key;
    this.glance = glance;
    this.validFrom = glance.validFrom;
    this.validTo = glance.validTo;
  }

  get leaf(): X509Certificate {
    return new X509Certificate(this.cert);
  }
}

/** The warning for a certificate that is expired or not valid yet; `null` if it is valid now. */
export function outOfDate(pair: KeyPair, files: CertificateFiles, now: number): TransportError | null {
  const day = (time: number): string => new Date(time).toISOString();
  if (now < pair.validFrom)
    return notInDate(`${files.certFile} is valid from ${day(pair.validFrom)} on. Is the clock right?`);
  if (now > pair.validTo)
    return notInDate(`${files.certFile} has expired on ${day(pair.validTo)}. Renew it: clients refuse it.`);
  return null;
}

function notInDate(detail: string): TransportError {
  return new TransportError('TRANSPORT_TLS_NOT_IN_DATE', detail);
}

function parseCertificates(text: string, file: string): X509Certificate[] {
  const blocks = pemCertificates(text);
  if (blocks.length === 0) {
    const what = 'PEM blocks "-----BEGIN CERTIFICATE-----" were expected, that of this server first';
    throw new TransportError('TRANSPORT_TLS_BAD_CERTIFICATE', `${file}: ${what}${hint(text)}`);
  }
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      const what = `certificate ${index + 1} of ${blocks.length} cannot be read: copy the file again`;
      throw new TransportError('TRANSPORT_TLS_BAD_CERTIFICATE', `${file}: ${what}`, error);
    }
  });
}

const swapped = 'the files of the certificate and of the key look swapped';

/** A guess at what the file holds instead. */
function hint(text: string): string {
  if (text.includes('PRIVATE KEY-----')) return `. It holds a key: ${swapped}`;
  if (text.includes('CERTIFICATE-----')) return `. It holds a certificate: ${swapped}`;
  return text.startsWith('\x30\x82') ? '. It looks like DER: convert it with openssl x509 or openssl pkey' : '';
}

function openKey(text: string, files: CertificateFiles): KeyObject {
  const { certFile, keyFile, passphrase } = files;
  const refuse = (what: string, error?: unknown): TransportError =>
    new TransportError('TRANSPORT_TLS_BAD_KEY', `${keyFile}: ${what}`, error);
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    if (keyFile === certFile) {
      const what = `${keyFile}: name the file of its key as well, or put the key into this one`;
      throw new TransportError('TRANSPORT_TLS_NO_KEY', what);
    }
    throw refuse(`a PEM block "-----BEGIN PRIVATE KEY-----" was expected${hint(text)}`);
  }
  const isEncrypted = /ENCRYPTED/.test(text);
  if (isEncrypted && passphrase === undefined) throw refuse('it is encrypted: give its passphrase');
  try {
    return createPrivateKey(passphrase === undefined ? text : { key: text, passphrase });
  } catch (error) {
    throw refuse(isEncrypted ? 'the passphrase does not open it' : 'it cannot be read: copy the file again', error);
  }
}

function mismatch(files: CertificateFiles, chain: readonly X509Certificate[], key: KeyObject): TransportError {
  const { certFile, keyFile } = files;
  const isLater = chain.some((certificate) => certificate.checkPrivateKey(key));
  const what = isLater
    ? `the key ${keyFile} is that of a later certificate in ${certFile}: put the certificate of this server first`
    : `${keyFile} is the key of another certificate than ${certFile}: name the pair that was made together`;
  return new TransportError('TRANSPORT_TLS_KEY_MISMATCH', what);
}
