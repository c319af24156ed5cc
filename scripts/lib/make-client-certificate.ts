import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CertificateFiles } from '../../packages/transport/src/index.ts';

/** An authority of a test, which signs and revokes certificates of clients. */
export interface Authority {
  readonly caFile: string;
  /** A revocation list without entries. */
  readonly emptyCrlFile: string;
  /** The list after the last `revoke()`. */
  readonly crlFile: string;
  issue(name: string, facts?: { readonly days?: number; readonly usage?: string }): Promise<CertificateFiles>;
  revoke(certFile: string): Promise<void>;
}

const openssl = (...args: string[]) => promisify(execFile)('openssl', args);
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Makes an authority with openssl, in a folder of its own. */
export async function makeAuthority(parent: string, name: string): Promise<Authority> {
  const folder = join(parent, name);
  const file = (ending: string): string => join(folder, ending);
  await mkdir(folder);
  await writeFile(file('index.txt'), '');
  await writeFile(file('openssl.cnf'), configOf(folder));
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-subj',
    `/CN=${name}`,
    '-days',
    '9',
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.crt'),
  );
  const writeList = (out: string) => openssl('ca', '-config', file('openssl.cnf'), '-gencrl', '-out', out);
  await writeList(file('empty.crl'));
  let serial = 0;
  return {
    caFile: file('ca.crt'),
    emptyCrlFile: file('empty.crl'),
    crlFile: file('full.crl'),
    async issue(client, { days = 1, usage = 'clientAuth' } = {}) {
      const files = { certFile: file(`${client}.crt`), keyFile: file(`${client}.key`) };
      await openssl(
        'req',
        ...newKey,
        '-subj',
        `/O=Example/CN=${client}`,
        '-keyout',
        files.keyFile,
        '-out',
        file(`${client}.csr`),
      );
      await writeFile(file(`${client}.ext`), `extendedKeyUsage=${usage}\n`);
      serial += 1;
      const signed = ['x509', '-req', '-in', file(`${client}.csr`), '-CA', file('ca.crt'), '-CAkey', file('ca.key')];
      const rest = ['-set_serial', String(serial), '-days', String(days), '-extfile', file(`${client}.ext`)];
      await openssl(...signed, ...rest, '-out', files.certFile);
      return files;
    },
    async revoke(certFile) {
      await openssl('ca', '-config', file('openssl.cnf'), '-revoke', certFile);
      await writeList(file('full.crl'));
    },
  };
}

function configOf(folder: string): string {
  return `[ca]
default_ca = own
[own]
database = ${folder}/index.txt
certificate = ${folder}/ca.crt
private_key = ${folder}/ca.key
default_md = sha256
default_crl_days = 9
`;
}
