import type { SecureContext } from 'node:tls';
import { anyText, checkOptions, type Rules, rule } from '@windhover/options';
import { TransportError } from './errors.ts';
import { nodeTls } from './node-tls.ts';
import { tlsOptionError } from './tls-option-error.ts';

/** Options of `createClientTls`. */
export interface ClientTlsOptions {
  /** The name that is sent (SNI) and that the certificate must be for. Default: the host of the address. */
  readonly serverName?: string;
  /** PEM, as text or as the bytes of its file: the authorities that may sign the server's certificate, and no others. Default: those that come with Node. */
  readonly ca?: string | Uint8Array;
  /** PEM, as `ca`: the certificate that this client shows, the intermediate ones after it. Default: none. */
  readonly cert?: string | Uint8Array;
  /** PEM, as `ca`: the key of `cert`. */
  readonly key?: string | Uint8Array;
  /**
   * Whether the server's certificate is verified. `'insecure-no-verification'` accepts any certificate, so anybody on
   * the way can read and change everything. Default: `true`.
   */
  readonly verify?: true | 'insecure-no-verification';
  /** The lowest TLS version. Default: `TLSv1.2`; RFC 8996 forbids older ones. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
}

/** The TLS side of connections to one server. It remembers the last session, so that later handshakes are short. */
export interface ClientTls {
  readonly serverName: string | null;
  readonly verifies: boolean;
  /** The settings and certificates, made on first use. */
  context(): SecureContext;
  /** The last session that the server offered; `undefined` before that. */
  session: Buffer | undefined;
}

const pem = rule('PEM, as text or bytes', (value) => isText(value) && textOf(value).includes('-----BEGIN '));

const rules: Rules<ClientTlsOptions> = {
  serverName: anyText,
  ca: pem,
  cert: pem,
  key: pem,
  verify: rule("true or 'insecure-no-verification'", (value) => value === true || value === 'insecure-no-verification'),
  minVersion: rule("'TLSv1.2' or 'TLSv1.3'", (value) => value === 'TLSv1.2' || value === 'TLSv1.3'),
};

/** Creates the TLS side of a client. Throws `TRANSPORT_TLS_BAD_OPTION`, also for a certificate that cannot be read. */
export function createClientTls(options: ClientTlsOptions = {}): ClientTls {
  checkOptions(options, rules, (fault) => new TransportError('TRANSPORT_TLS_BAD_OPTION', fault));
  const { serverName = null, ca, cert, key, verify = true, minVersion = 'TLSv1.2' } = options;
  if ((cert === undefined) !== (key === undefined)) throw tlsOptionError('cert and key belong together');
  let made: SecureContext | null = null;
  const context = (): SecureContext =>
    (made ??= nodeTls().createSecureContext({
      minVersion,
      ...(ca === undefined ? {} : { ca: textOf(ca) }),
      ...(cert === undefined ? {} : { cert: textOf(cert) }),
      ...(key === undefined ? {} : { key: textOf(key) }),
    }));
  if (ca !== undefined || cert !== undefined) readNow(context);
  return { serverName, verifies: verify === true, context, session: undefined };
}

function isText(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array;
}

function textOf(pem: string | Uint8Array): string {
  return typeof pem === 'string' ? pem : Buffer.from(pem).toString('latin1');
}

function readNow(context: () => SecureContext): void {
  try {
    context();
  } catch (error) {
    throw new TransportError('TRANSPORT_TLS_BAD_OPTION', `ca, cert or key: ${(error as Error).message}`, error);
  }
}
