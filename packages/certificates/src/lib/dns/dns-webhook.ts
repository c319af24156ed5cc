import { certificateError } from '../errors.ts';
import type { DnsProvider } from './dns-provider.ts';

const timeoutMs = 120_000;

/**
 * Creates a provider that posts `{ fqdn, value }` as JSON to `/present` and `/cleanup` below an address, as lego's provider `httpreq` does. A
 * service answers 2xx when the record can be seen.
 */
export function createDnsWebhook(address: string): DnsProvider {
  const base = new URL(address);
  const login =
    base.username === '' ? null : `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
  base.username = '';
  base.password = '';
  const post = async (action: string, record: string, value: string): Promise<void> => {
    const url = `${base.href.replace(/\/$/, '')}/${action}`;
    const headers = {
      'Content-Type': 'application/json',
      ...(login === null ? {} : { Authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
    };
    try {
      const body = JSON.stringify({ fqdn: `${record}.`, value });
      const answer = await fetch(url, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`status ${answer.status}`);
    } catch (error) {
      throw certificateError('CERTIFICATES_DNS_FAILED', `${url}: ${(error as Error).message}`, error);
    }
  };
  return {
    set: (record, value) => post('present', record, value),
    remove: (record, value) => post('cleanup', record, value),
  };
}
