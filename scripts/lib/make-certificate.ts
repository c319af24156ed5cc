import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CertificateFiles } from '../../packages/transport/src/index.ts';
import { hasPeer } from './peer.ts';

/** Without openssl there are no certificates, and tests that need some are left out. */
export const hasOpenssl = hasPeer('openssl');

/** The properties of a test certificate. */
export interface CertificateFacts {
  /** The host name, also used for the file names. */
  readonly name: string;
  /** Days from now until it expires; below 0 it has expired. Default: 1. */
  readonly days?: number;
  readonly passphrase?: string;
}

/** Makes a self-signed certificate with openssl. */
export async function makeCertificate(folder: string, facts: CertificateFacts): Promise<CertificateFiles> {
  const { name, days = 1, passphrase } = facts;
  const file = join(folder, name.replace('*', 'wildcard'));
  const files = { certFile: `${file}.crt`, keyFile: `${file}.key` };
  const secret = passphrase === undefined ? ['-nodes'] : ['-passout', `pass:${passphrase}`];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', ...secret, '-keyout', files.keyFile];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  const request = ['req', '-x509', ...key, ...subject, '-days', String(days), '-out', files.certFile];
  await promisify(execFile)('openssl', request);
  return passphrase === undefined ? files : { ...files, passphrase };
}
