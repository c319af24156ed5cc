import { domainToASCII } from 'node:url';
import { expectedFound } from '@windhover/options';
import { canonicalServerName } from './server-name.ts';
import { tlsOptionError } from './tls-option-error.ts';

/**
 * `*.Example.ORG.` and `bücher.example` in the form in which clients send them. Throws `TRANSPORT_TLS_BAD_OPTION` for
 * an invalid name.
 */
export function serverNameKey(name: string): string {
  const [, wildcard = '', rest = ''] = /^(\*\.)?(.*)$/s.exec(name) ?? [];
  const canonical = canonicalServerName(domainToASCII(rest));
  if (canonical !== null && (wildcard === '' || canonical.includes('.'))) return wildcard + canonical;
  const expected = `a host name, or *. and a domain, as in 'example.org' or '*.example.org'`;
  throw tlsOptionError(`serverNames: ${expectedFound(expected, name)}`);
}
