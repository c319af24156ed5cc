import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { certificateError } from '../errors.ts';
import type { DnsProvider } from './dns-provider.ts';

/** How long a program may take: some wait until all name servers answer. */
const timeoutMs = 600_000;

/**
 * Creates a provider that calls a program: `program … present _acme-challenge.example.com. VALUE`, and `cleanup` instead of `present` afterwards.
 * Programs written for lego's provider `exec` fit. It must end with 0, and only when the record can be seen.
 */
export function createDnsCommand([program, ...first]: readonly string[], cwd?: string): DnsProvider {
  if (program === undefined) throw certificateError('CERTIFICATES_OPTION_INVALID', 'command: expected a program');
  const run = async (action: string, record: string, value: string): Promise<void> => {
    const options = { timeout: timeoutMs, ...(cwd === undefined ? {} : { cwd }) };
    try {
      await promisify(execFile)(program, [...first, action, `${record}.`, value], options);
    } catch (error) {
      const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
      const said = (stderr ?? '').trim().slice(-500);
      throw certificateError('CERTIFICATES_DNS_FAILED', `${program} ${action}: ${said === '' ? message : said}`, error);
    }
  };
  return {
    set: (record, value) => run('present', record, value),
    remove: (record, value) => run('cleanup', record, value),
  };
}
