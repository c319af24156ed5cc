import { resolve } from 'node:path';
import { duration, OptionsError, type PlacedFeature } from '@windhover/config';
import type { Feature, FeatureInstance } from '@windhover/core/feature';
import { type CertificateFiles, createTls, type TlsOptions } from '@windhover/transport';
import { z } from 'zod';

const automatic = 'expected `certificate` and `key`, since automatic certificates are not built yet';

const path = z.string().min(1);

const settings = z.strictObject({
  certificate: path
    .exactOptional()
    .describe(
      "A PEM file: the server's own certificate first, then those between it and a known root. At a listener: for clients that ask for no name, or an unknown one; without it they are refused.",
    ),
  key: path
    .exactOptional()
    .describe('The PEM file of its private key. Default: the key stands in the file of `certificate`.'),
  passphrase: z.string().exactOptional().describe('Opens an encrypted key. Default: the key is not encrypted.'),
  minVersion: z
    .enum(['TLSv1.2', 'TLSv1.3'])
    .exactOptional()
    .describe('At a listener: the lowest version. Default: TLSv1.2, since RFC 8996 forbids older ones.'),
  ciphers: z.string().min(1).exactOptional().describe("At a listener: a list in OpenSSL's notation. Default: Node's."),
  handshakeTimeout: duration(1)
    .exactOptional()
    .describe('At a listener: how long a client may take. Default: 10s, as in Kestrel.'),
});

const schema = z
  .union([settings, z.literal('auto').describe('An automatic certificate: not built yet.')])
  .describe('At a listener: `true`, it speaks HTTPS, with the certificates of the sites. At a site: its certificate.');

type Options = z.output<typeof settings>;

/** What a listener adds to the certificates of the sites. */
export type ListenerTlsOptions = Pick<TlsOptions, 'minVersion' | 'ciphers' | 'handshakeTimeoutMs'>;

/** The part of an instance that the server needs when it opens listeners. */
interface TlsInstance extends FeatureInstance {
  readonly files: CertificateFiles | null;
  readonly listener: ListenerTlsOptions;
}

/** `tls`: HTTPS at a listener, the certificate at a site. The server that opens the listeners reads it with `tlsOf`. */
export const tlsFeature: Feature<z.output<typeof schema>> = {
  name: 'tls',
  levels: ['listener', 'site'],
  phases: [],
  combine: 'replace',
  schema,
  async create(options, { location, log }) {
    if (options === 'auto') throw refuse(null, automatic);
    const { certificate, key, passphrase, minVersion, ciphers, handshakeTimeout } = options;
    if (location.site !== null) checkSite(options);
    if (certificate === undefined && (key ?? passphrase) !== undefined)
      throw refuse(key === undefined ? 'passphrase' : 'key', 'expected a `certificate` beside it, found none');
    const file = (name: string): string => resolve(location.directory, name);
    const files =
      certificate === undefined
        ? null
        : {
            certFile: file(certificate),
            keyFile: file(key ?? certificate),
            ...(passphrase === undefined ? {} : { passphrase }),
          };
    const listener: ListenerTlsOptions = {
      ...(minVersion === undefined ? {} : { minVersion }),
      ...(ciphers === undefined ? {} : { ciphers }),
      ...(handshakeTimeout === undefined ? {} : { handshakeTimeoutMs: handshakeTimeout }),
    };
    if (files !== null)
      await createTls({ ...listener, certificate: files, onWarning: ({ message }) => log.warn(message) });
    const instance: TlsInstance = { layers: [], files, listener };
    return instance;
  },
};

/** The TLS settings among the features of a listener or site; `null` if it has none. */
export function tlsOf(features: readonly PlacedFeature[]): Pick<TlsInstance, 'files' | 'listener'> | null {
  const placed = features.find(({ feature }) => feature.name === tlsFeature.name);
  return (placed?.instance as TlsInstance | undefined) ?? null;
}

const ofListeners = ['minVersion', 'ciphers', 'handshakeTimeout'] as const;

function checkSite(options: Options): void {
  for (const key of ofListeners)
    if (options[key] !== undefined) throw refuse(key, `expected it at the listener, found it at a site`);
  if (options.certificate === undefined) throw refuse(null, 'expected the key `certificate`, found none');
}

function refuse(key: string | null, message: string): OptionsError {
  return new OptionsError([{ path: key === null ? [] : [key], message }]);
}
