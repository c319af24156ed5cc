import type { CertificateFiles } from './certificate-files.ts';
import { checkCertificateFiles } from './check-certificate-files.ts';
import type { TlsOptions } from './create-tls.ts';
import { isRecord, kindOf, showValue } from './describe-value.ts';
import { serverNameKey } from './server-name-key.ts';
import type { TlsContextOptions } from './tls-contexts.ts';
import { tlsOptionError } from './tls-option-error.ts';
import { unknownName } from './unknown-name.ts';

/** Options that were found to be right, with their defaults. */
export interface CheckedTlsOptions extends TlsContextOptions {
  readonly alpnProtocols: readonly string[];
  readonly handshakeTimeoutMs: number;
}

const names: readonly string[] = [
  'certificate',
  'serverNames',
  'alpnProtocols',
  'minVersion',
  'ciphers',
  'handshakeTimeoutMs',
  'driver',
  'onHandshakeError',
  'onWarning',
  'wheel',
  'clock',
] satisfies (keyof TlsOptions)[];

/** Throws `TRANSPORT_TLS_BAD_OPTION` that names the option and what was expected. */
export function checkTlsOptions(options: TlsOptions): CheckedTlsOptions {
  if (!isRecord(options)) throw tlsOptionError(`an object was expected, got ${kindOf(options)}`);
  const unknown = unknownName(options, names);
  if (unknown !== null) {
    const isOfNode = 'cert' in options || 'key' in options;
    const hint = isOfNode ? '. Files are named so: certificate: { certFile, keyFile }, two paths' : '';
    throw tlsOptionError(`${unknown}${hint}`);
  }
  const { alpnProtocols = ['http/1.1'], handshakeTimeoutMs = 10_000, minVersion = 'TLSv1.2', ciphers } = options;
  const certificate = checkCertificateFiles('certificate', options.certificate);
  const serverNames = options.serverNames === undefined ? new Map() : checkServerNames(options.serverNames);
  checkAlpn(alpnProtocols);
  if (!Number.isFinite(handshakeTimeoutMs) || handshakeTimeoutMs <= 0) {
    throw tlsOptionError(
      `handshakeTimeoutMs: milliseconds above 0 were expected, got ${showValue(handshakeTimeoutMs)}`,
    );
  }
  if (minVersion !== 'TLSv1.2' && minVersion !== 'TLSv1.3') {
    throw tlsOptionError(`minVersion: TLSv1.2 or TLSv1.3 was expected, got ${showValue(minVersion)}`);
  }
  if (ciphers !== undefined && (typeof ciphers !== 'string' || ciphers === '')) {
    throw tlsOptionError(`ciphers: names with colons between them were expected, got ${showValue(ciphers)}`);
  }
  checkTools(options);
  return { certificate, serverNames, alpnProtocols: [...alpnProtocols], minVersion, ciphers, handshakeTimeoutMs };
}

/** By the key under which clients will ask. */
function checkServerNames(serverNames: unknown): Map<string, CertificateFiles> {
  if (!isRecord(serverNames)) {
    const expected = `an object was expected, as in { 'example.org': { certFile, keyFile } }`;
    throw tlsOptionError(`serverNames: ${expected}, got ${kindOf(serverNames)}`);
  }
  const checked = new Map<string, CertificateFiles>();
  for (const [name, files] of Object.entries(serverNames)) {
    const key = serverNameKey(name);
    if (checked.has(key)) {
      throw tlsOptionError(`serverNames has ${JSON.stringify(key)} twice, in two spellings: leave one`);
    }
    checked.set(key, checkCertificateFiles(`serverNames[${JSON.stringify(name)}]`, files));
  }
  return checked;
}

function checkAlpn(protocols: unknown): void {
  const isList = Array.isArray(protocols) && protocols.length > 0;
  if (!isList) {
    const got = Array.isArray(protocols) ? 'an empty one' : showValue(protocols);
    throw tlsOptionError(`alpnProtocols: a list was expected, as in ['http/1.1'], got ${got}`);
  }
  const wrong = protocols.findIndex((name) => typeof name !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(name));
  if (wrong === -1) return;
  const got = showValue(protocols[wrong]);
  throw tlsOptionError(`alpnProtocols: names of 1 to 255 visible characters were expected, got ${got}`);
}

function checkTools({ driver, onHandshakeError, onWarning, wheel, clock }: TlsOptions): void {
  if (driver !== undefined && driver !== 'borrow' && driver !== 'data') {
    throw tlsOptionError(`driver: 'borrow' or 'data' was expected, got ${showValue(driver)}`);
  }
  for (const [name, listener] of Object.entries({ onHandshakeError, onWarning })) {
    if (listener === undefined || typeof listener === 'function') continue;
    throw tlsOptionError(`${name}: a function was expected, got ${kindOf(listener)}`);
  }
  if (wheel !== undefined && typeof wheel?.createDeadline !== 'function') {
    throw tlsOptionError(`wheel: createTimerWheel(…) makes it, got ${kindOf(wheel)}`);
  }
  if (clock !== undefined && (typeof clock?.now !== 'function' || typeof clock.schedule !== 'function')) {
    throw tlsOptionError(`clock: { now, schedule }, two functions, was expected, got ${kindOf(clock)}`);
  }
}
