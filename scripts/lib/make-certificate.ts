import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { CertificateFiles } from '../../packages/transport/src/index.ts';
import { hasPeer } from './peer.ts';

/** Without openssl there are no certificates, and tests that need some are left out. */
export const hasOpenssl = hasPeer('openssl');

/** The properties of a test certificate. */
export interface CertificateFacts {
  /** The host name, also used for the file names. */
  readonly name: string;
  /** Days from now until it expires; below 0: it has expired in the year 2020. Default: 1. */
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
  if (days < 0) await makeExpired(file, ['req', '-new', ...key, ...subject]);
  else
    await promisify(execFile)('openssl', [
      'req',
      ...['-x509', ...key, ...subject, '-days', String(days), '-out', files.certFile],
    ]);
  return passphrase === undefined ? files : { ...files, passphrase };
}

/** `openssl req` makes no certificate that ends in the past; `openssl ca` does, from a request. */
async function makeExpired(file: string, request: readonly string[]): Promise<void> {
  const settings = `[ca]\ndefault_ca = own\n[own]\ndatabase = ${file}.index\nnew_certs_dir = ${dirname(file)}
rand_serial = yes\ndefault_md = sha256\npolicy = any\ncopy_extensions = copy\n[any]\ncommonName = supplied\n`;
  await writeFile(`${file}.index`, '');
  await writeFile(`${file}.cnf`, settings);
  await promisify(execFile)('openssl', [...request, '-out', `${file}.csr`]);
  const dates = ['-startdate', '20200101000000Z', '-enddate', '20200201000000Z'];
  const files = ['-config', `${file}.cnf`, '-keyfile', `${file}.key`, '-in', `${file}.csr`, '-out', `${file}.crt`];
  await promisify(execFile)('openssl', ['ca', '-batch', '-selfsign', '-notext', ...dates, ...files]);
}
