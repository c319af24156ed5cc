import { resolve } from 'node:path';
import { duration, OptionsError, orAlone, type PlacedFeature } from '@windhover/config';
import type { Feature, FeatureInstance, Services } from '@windhover/core/feature';
import {
  type CertificateFiles,
  type ClientCertificates,
  clientCertificatePolicy,
  createTls,
} from '@windhover/transport';
import { z } from 'zod';
import { checkFiles } from './check-files.ts';
import { type ListenerTlsOptions, toListenerTls } from './listener-tls-options.ts';

const path = z.string().min(1);

/** The certificates that clients are asked for. */
export const askedCertificates = orAlone(
  'ca',
  z.strictObject({
    ca: path.describe('A PEM file: the authorities that sign certificates of clients. No other is trusted.'),
    crl: path
      .exactOptional()
      .describe(
        'A PEM file: the revocation lists of these authorities, one for each that signs something. Default: revocation is not checked.',
      ),
    mode: z
      .enum(['require', 'request'])
      .exactOptional()
      .describe(
        'require: the handshake fails without a valid certificate. request: it does not, and `auth` decides. Default: require.',
      ),
  }),
);

const settings = z.strictObject({
  certificate: path
    .exactOptional()
    .describe(
      "auto: this server gets it by itself, see `certificates` at the top. Otherwise a PEM file: the server's own certificate first, then those between it and a known root. At a listener: for clients that ask for no name, or an unknown one; without it they are refused.",
    ),
  key: path
    .exactOptional()
    .describe('The PEM file of its private key. Default: the key stands in the file of `certificate`.'),
  passphrase: z.string().exactOptional().describe('Opens an encrypted key. Default: the key is not encrypted.'),
  clientCertificates: askedCertificates
    .exactOptional()
    .describe(
      'At a site: its clients are asked for a certificate; those of other sites are not. `auth: { clientCertificate: … }` finds the user.',
    ),
  default: z
    .string()
    .min(1)
    .exactOptional()
    .describe(
      'At a listener: what clients get that ask for no name, or for one that no site has. refuse: nothing. A host of a site: its certificate. Default: the certificate of the listener, otherwise that of the default site or of a site whose host is an address, otherwise nothing.',
    ),
  profile: z
    .enum(['modern', 'intermediate', 'compatible'])
    .exactOptional()
    .describe(
      'At a listener: versions and cipher suites. modern: TLS 1.3 only. intermediate: TLS 1.2 too, with forward secrecy and authenticated encryption. compatible: also suites with CBC, for clients of about 2013. Default: intermediate, which every browser of the last ten years speaks.',
    ),
  minVersion: z
    .enum(['TLSv1.2', 'TLSv1.3'])
    .exactOptional()
    .describe(
      'At a listener: the lowest version. Default: that of the profile, TLSv1.2, since RFC 8996 forbids older ones.',
    ),
  ciphers: z
    .string()
    .min(1)
    .exactOptional()
    .describe("At a listener: a list in OpenSSL's notation, those of TLS 1.3 included. Default: that of the profile."),
  handshakeTimeout: duration(1)
    .exactOptional()
    .describe('At a listener: how long a client may take. Default: 10s, as in Kestrel.'),
  maxHandshakes: z
    .int()
    .min(1)
    .exactOptional()
    .describe(
      'At a listener: how many handshakes may be under way in each worker; one more connection is reset. Default: 2000, since each keeps some 50 KB.',
    ),
  tickets: path
    .exactOptional()
    .describe(
      'At a listener: a file of 32 random bytes or more that several machines have in common, so that they resume the sessions of each other (`openssl rand -out tickets.key 32`). The keys are made from it, new ones every 12 hours. Keep it as safe as a private key. Default: the workers of this server share keys that nobody else has.',
    ),
  stapling: z
    .boolean()
    .exactOptional()
    .describe(
      'At a listener: whether clients get the answer of the OCSP responder that a certificate names along with it, so that they need not ask there. It is asked for ahead; a handshake never waits for it. Default: true.',
    ),
  keyLog: path
    .exactOptional()
    .describe(
      'At a listener: a file that gets the keys of every connection, for Wireshark and the like. Whoever has it can read recorded connections: for debugging only. Default: none.',
    ),
});

const schema = z
  .union([
    z
      .literal('auto')
      .describe('At a site: `certificate: auto`. At a listener: every site without `tls` has that.')
      .transform((): z.output<typeof settings> => ({ certificate: 'auto' })),
    settings,
  ])
  .describe('At a listener: `true`, it speaks HTTPS, with the certificates of the sites. At a site: its certificate.');

type Options = z.output<typeof settings>;

/** The part of an instance that the server needs when it opens listeners. */
interface TlsInstance extends FeatureInstance {
  /** Whether the certificate is an automatic one. At a listener: those of sites without `tls`. */
  readonly isAuto: boolean;
  readonly files: CertificateFiles | null;
  /** At a listener: `refuse`, or the host whose certificate unknown names get; `null`: as usual. */
  readonly unknownNames: string | null;
  readonly listener: ListenerTlsOptions;
  /** At a listener: whether answers of OCSP responders are sent. */
  readonly isStapling: boolean;
  readonly asked: SiteCertificates | null;
}

/** The client certificates that a site asks for. */
export interface SiteCertificates {
  readonly options: ClientCertificates;
  /** What connections say that were asked with these options. */
  readonly policy: string;
}

/** `tls`: HTTPS at a listener, the certificate at a site. The server that opens the listeners reads it with `tlsOf`. */
export const tlsFeature: Feature<z.output<typeof schema>> = {
  name: 'tls',
  levels: ['listener', 'site'],
  phases: [],
  combine: 'replace',
  schema,
  async create(options, { location, log }) {
    const { certificate, key, passphrase } = options;
    if (location.site !== null) checkSite(options);
    if (certificate === undefined && (key ?? passphrase) !== undefined)
      throw refuse(key === undefined ? 'passphrase' : 'key', 'expected a `certificate` beside it, found none');
    const isAuto = certificate === 'auto';
    if (options.default !== undefined && certificate !== undefined && !isAuto)
      throw refuse('default', 'expected none beside `certificate`, which is for the same clients');
    if (isAuto && (key ?? passphrase) !== undefined)
      throw refuse(key === undefined ? 'passphrase' : 'key', 'expected none beside `certificate: auto`');
    const file = (name: string): string => resolve(location.directory, name);
    const files =
      certificate === undefined || isAuto
        ? null
        : {
            certFile: file(certificate),
            keyFile: file(key ?? certificate),
            ...(passphrase === undefined ? {} : { passphrase }),
          };
    const listener = toListenerTls(options, location.directory, log);
    if (files !== null)
      for (const warning of await checkFiles(files, { at: [], hasKey: key !== undefined })) log.warn(warning); // thousands of sites have one each
    if (files !== null && location.site === null)
      await createTls({ ...listener, certificate: files, onWarning: () => undefined });
    const instance: TlsInstance = {
      layers: [],
      isAuto,
      files,
      unknownNames: options.default ?? null,
      listener,
      isStapling: options.stapling ?? true,
      asked: await askedBy(options, location),
    };
    return instance;
  },
};

/** The TLS settings among the features of a listener or site; `null` if it has none. */
export function tlsOf(
  features: readonly PlacedFeature[],
): Pick<TlsInstance, 'isAuto' | 'files' | 'unknownNames' | 'listener' | 'isStapling' | 'asked'> | null {
  const placed = features.find(({ feature }) => feature.name === tlsFeature.name);
  return (placed?.instance as TlsInstance | undefined) ?? null;
}

async function askedBy(
  { clientCertificates }: Options,
  { site, directory }: Services['location'],
): Promise<SiteCertificates | null> {
  if (clientCertificates === undefined) return null;
  if (site === null) throw refuse('clientCertificates', 'expected it at a site, found it at a listener');
  const { ca, crl, mode = 'require' } = clientCertificates;
  const files = { caFile: resolve(directory, ca), ...(crl === undefined ? {} : { crlFile: resolve(directory, crl) }) };
  const options: ClientCertificates = { ...files, mode, name: site };
  try {
    return { options, policy: await clientCertificatePolicy(options) };
  } catch (error) {
    throw refuse('clientCertificates', (error as Error).message);
  }
}

const ofListeners = [
  ...(['default', 'profile', 'minVersion', 'ciphers'] as const),
  ...(['handshakeTimeout', 'maxHandshakes', 'tickets', 'stapling', 'keyLog'] as const),
];

function checkSite(options: Options): void {
  for (const key of ofListeners)
    if (options[key] !== undefined) throw refuse(key, `expected it at the listener, found it at a site`);
  if ((options.certificate ?? options.clientCertificates) === undefined)
    throw refuse(null, 'expected the key `certificate`, found none');
}

function refuse(key: string | null, message: string): OptionsError {
  return new OptionsError([{ path: key === null ? [] : [key], message }]);
}
