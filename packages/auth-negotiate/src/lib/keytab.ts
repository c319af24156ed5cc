import { resolve } from 'node:path';
import { negotiateError } from './errors.ts';

let chosen: string | null = null;

/**
 * Makes a file the keytab of this process. GSSAPI knows it by its environment variable only, and reads that at every
 * handshake, so a second keytab would replace the first one for all. Throws `NEGOTIATE_KEYTAB_IN_USE`.
 */
export function chooseKeytab(path: string): void {
  const keytab = resolve(path);
  if (chosen !== null && chosen !== keytab)
    throw negotiateError(
      'NEGOTIATE_KEYTAB_IN_USE',
      `it is ${chosen}, so ${keytab} cannot be used too; ktutil makes one file of two`,
    );
  chosen = keytab;
  process.env['KRB5_KTNAME'] = `FILE:${keytab}`;
}
