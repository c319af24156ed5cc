import type { KeyPair } from './certificate-files.ts';
import { TransportError } from './errors.ts';
import { coversName } from './glance-at-pair.ts';

/**
 * The warning for a certificate that clients will refuse under the name it is configured for; `null` if it fits. For
 * `*.example.org` one matching name is enough: the other names may not be in use.
 */
export function nameMismatch(pair: KeyPair, key: string, certFile: string): TransportError | null {
  if (pair.glance !== null && coversName(pair.glance.dnsNames, key)) return null;
  const { leaf } = pair;
  const domain = key.startsWith('*') ? key.slice(1) : null;
  const isFor = (name: string): boolean => leaf.checkHost(name) !== undefined;
  if (domain === null ? isFor(key) : isFor(`any${domain}`) || leaf.subjectAltName?.includes(domain)) return null;
  const names = leaf.subjectAltName ?? leaf.subject;
  const what = `${certFile} is shown for ${key}, but is for ${names}. Clients refuse it: name another file`;
  return new TransportError('TRANSPORT_TLS_NAME_MISMATCH', what);
}
