import {
  anyFunction,
  checkOptions,
  expectedFound,
  isRecord,
  kindOf,
  milliseconds,
  oneOf,
  type Rule,
  type Rules,
  rule,
  showValue,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import type { CertificateFiles } from './certificate-files.ts';
import { type CertificateFinder, isFinder } from './certificate-finder.ts';
import { checkCertificateFiles } from './check-certificate-files.ts';
import { canStaple } from './node-internals.ts';
import { pairsRead } from './pairs-read.ts';
import { serverNameKey } from './server-name-key.ts';
import { TicketKeys } from './ticket-keys.ts';
import type { TlsContextOptions } from './tls-contexts.ts';
import { tlsOptionError } from './tls-option-error.ts';
import type { TlsOptions } from './tls-options.ts';
import { tlsProfiles } from './tls-profiles.ts';

/** Valid options, with defaults filled in. */
export interface CheckedTlsOptions extends Omit<TlsContextOptions, 'isFirst'> {
  readonly alpnProtocols: readonly string[];
  readonly handshakeTimeoutMs: number;
}

const anything: Rule = { expected: 'anything', fault: () => null };

const isAlpnName = (name: unknown): boolean => typeof name === 'string' && /^[\x21-\x7e]{1,255}$/.test(name);

const optionRules: Rules<TlsOptions> = {
  certificate: anything, // certificates are checked by a function of their own
  serverNames: anything,
  otherNames: withFunctions(['find']),
  challenges: withFunctions(['find']),
  alpnProtocols: rule(
    "a list of names of 1 to 255 visible characters, as in ['http/1.1']",
    (value) => Array.isArray(value) && value.length > 0 && value.every(isAlpnName),
    (value) => (Array.isArray(value) ? `[${value.map(showValue).join(', ')}]` : showValue(value)),
  ),
  profile: oneOf('modern', 'intermediate', 'compatible'),
  minVersion: oneOf('TLSv1.2', 'TLSv1.3'),
  ciphers: rule('names with colons between them', (value) => typeof value === 'string' && value !== ''),
  handshakeTimeoutMs: milliseconds('above 0'),
  maxHandshakes: wholeNumber(1),
  ticketKeys: rule('what createTicketKeys() makes', (value) => value instanceof TicketKeys),
  onKeyLog: anyFunction,
  driver: oneOf('borrow', 'data'),
  onHandshakeError: anyFunction,
  onWarning: anyFunction,
  stapler: withFunctions(['staple'], 'what createStapler() makes'),
  wheel: withFunctions(['createDeadline'], 'what createTimerWheel(…) makes'),
  clock: withFunctions(['now', 'schedule']),
};

/** Throws `TRANSPORT_TLS_BAD_OPTION`, naming the option and the expected value. */
export function checkTlsOptions(options: TlsOptions): CheckedTlsOptions {
  checkOptions(options, optionRules, (fault) => {
    const isOfNode = isRecord(options) && ('cert' in options || 'key' in options);
    return tlsOptionError(
      isOfNode ? `${fault}. Files are named so: certificate: { certFile, keyFile }, two paths` : fault,
    );
  });
  const { alpnProtocols = ['http/1.1'], handshakeTimeoutMs = 10_000, profile = 'intermediate' } = options;
  const { minVersion = tlsProfiles[profile].minVersion, ciphers = tlsProfiles[profile].ciphers } = options;
  const certificate = options.certificate === null ? null : checkSource('certificate', options.certificate);
  const serverNames = options.serverNames === undefined ? new Map() : checkServerNames(options.serverNames);
  const { otherNames, challenges } = options;
  if (certificate === null && serverNames.size === 0 && otherNames === undefined)
    throw tlsOptionError(
      'certificate: expected a certificate, or names with certificates in serverNames, found neither',
    );
  const stapler = options.stapler !== undefined && canStaple() ? options.stapler : null;
  const found = { certificate, serverNames, otherNames, challenges, stapler };
  return { ...found, alpnProtocols: [...alpnProtocols], minVersion, ciphers, handshakeTimeoutMs };
}

/** Returns the files by the name that clients ask for, in its canonical form. */
function checkServerNames(serverNames: unknown): Map<string, CertificateFiles | CertificateFinder> {
  if (!isRecord(serverNames)) {
    const expected = "an object, as in { 'example.org': { certFile, keyFile } }";
    throw tlsOptionError(`serverNames: ${expectedFound(expected, serverNames, { show: kindOf })}`);
  }
  const checked = new Map<string, CertificateFiles | CertificateFinder>();
  for (const [name, files] of Object.entries(serverNames)) {
    const key = serverNameKey(name);
    if (checked.has(key)) {
      throw tlsOptionError(`serverNames has ${JSON.stringify(key)} twice, in two spellings: leave one`);
    }
    checked.set(key, checkSource(`serverNames[${JSON.stringify(name)}]`, files));
  }
  return checked;
}

function checkSource(where: string, source: unknown): CertificateFiles | CertificateFinder {
  if (isFinder(source)) return source;
  const files = checkCertificateFiles(where, source);
  pairsRead.carry(source as CertificateFiles, files);
  return files;
}
