import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import {
  alpnCertificates,
  type CertificateIssuer,
  type CertificateStore,
  ChallengeBoard,
  createAcmeIssuer,
  createCertificateManager,
  createDnsCommand,
  createDnsWebhook,
  createFileCertificates,
  createFileLeases,
  createLocalAuthority,
  type DnsProvider,
  FolderCertificates,
  followDnsAliases,
  httpChallenge,
  isChallengePath,
  isPrivateName,
  type StoredCertificate,
  withDnsWait,
} from '@windhover/certificates';
import { OptionsError, type PlacedFeature } from '@windhover/config';
import type { HttpRequest } from '@windhover/core';
import type { Feature, FeatureInstance, Reason, Services } from '@windhover/core/feature';
import type { LeaseStore } from '@windhover/leases';
import { defaultCertificateFolder } from './certificate-folder.ts';
import { CertificateService } from './certificate-service.ts';
import { type AcmeOptions, type CertificatesOptions, certificatesSchema } from './certificates-schema.ts';
import { folderProblem } from './folder-problem.ts';
import { storesKind } from './stores.ts';

/** How long the end of a configuration waits for orders that are under way, in milliseconds. */
const closeMs = 3000;
/** How long the permission to order may take. */
const askMs = 10_000;

interface CertificatesInstance extends FeatureInstance {
  readonly service: CertificateService;
}

/** `certificates`: automatic HTTPS. The server that opens the listeners reads it with `certificatesOf`. */
export const certificatesFeature: Feature<CertificatesOptions> = {
  name: 'certificates',
  levels: ['top'],
  phases: ['identity'],
  combine: 'replace',
  schema: certificatesSchema,
  create(options, services): CertificatesInstance {
    const { log, clock, bus, metrics, location } = services;
    const { store, leases, where, isShared, connect } = openStore(options, services);
    const board = new ChallengeBoard(store, () => clock.now());
    const issuers = issuersOf(options, { ...services, store, leases, board });
    const expiry = metrics.gauge(
      'windhover_certificate_expiry_timestamp_seconds',
      'When the certificate of a name expires, in seconds since the epoch.',
      ['name'],
    );
    // What is in memory outlives a reload: the store may be out of reach just then.
    const memory = services.lease('loaded', where, () => new Map<string, StoredCertificate>());
    const { onDemand } = options;
    const manager = createCertificateManager({
      ...{ store, leases, issuers, log, clock, memory },
      owner: `${hostname()} ${process.pid}`,
      bus: {
        publish: (message) => bus.publish('changed', message),
        subscribe: (listener) => bus.subscribe('changed', listener),
      },
      onCertificate: (name, { validTo }) => {
        if (service.isNamed(name)) expiry.of(name).set(validTo / 1000);
      },
      ...(onDemand === undefined ? {} : { permit: (name, signal) => isPermitted(onDemand.ask, name, signal) }),
    });
    const folder = folderOf(options, services);
    const challenge = alpnCertificates(board);
    const isOnDemand = onDemand !== undefined;
    const service: CertificateService = new CertificateService({
      store,
      issuers,
      manager,
      folder,
      isOnDemand,
      isShared,
      connect,
      challenge,
      log,
      clock,
    });
    return {
      layers: [{ phase: 'identity', run: httpChallenge(board), explain: explainChallenge }],
      service,
      async dispose() {
        let cancel = (): void => undefined;
        const late = new Promise<void>((done) => (cancel = clock.schedule(closeMs, done)));
        await Promise.race([manager.close(), late]);
        cancel();
      },
    };

    function folderOf(
      { folder: written }: CertificatesOptions,
      { log: tell, clock: time }: Services,
    ): FolderCertificates | null {
      if (written === undefined) return null;
      const at = resolve(location.directory, written.path);
      const problem = folderProblem(at);
      if (problem !== null) throw refuse(['folder'], problem);
      const { password } = written;
      return new FolderCertificates(at, {
        ...(password === undefined ? {} : { password }),
        onCertificate: (name, { validTo }) => expiry.of(name).set(validTo / 1000),
        log: tell,
        clock: time,
      });
    }
  },
};

function explainChallenge({ path }: Pick<HttpRequest, 'path'>): readonly Reason[] {
  const decision = 'passes the request on';
  if (!isChallengePath(path)) return [{ decision, because: 'the path is not that of a challenge' }];
  return [{ decision, because: 'no order is under way here', unless: 'answers the challenge of an order' }];
}

/** The certificates that a configuration gets by itself; `null`: none. */
export function certificatesOf(features: readonly PlacedFeature[]): CertificateService | null {
  const placed = features.find(({ feature }) => feature.name === certificatesFeature.name);
  return (placed?.instance as CertificatesInstance | undefined)?.service ?? null;
}

interface OpenedStore {
  readonly store: CertificateStore;
  readonly leases: LeaseStore;
  /** The same for the same store. */
  readonly where: string;
  readonly isShared: boolean;
  readonly connect: () => Promise<void>;
}

function openStore({ store: written, acme }: CertificatesOptions, services: Services): OpenedStore {
  const ofAcme = asList(acme).map(({ store }) => store);
  const named = [written, ...ofAcme].filter((each) => each !== undefined);
  if (named.some((each) => each !== named[0]))
    throw refuse(['store'], 'expected one store for all certificates, found several');
  const [chosen] = named;
  if (typeof chosen === 'string') {
    const { certificates, leases, connect } = services.resource(
      storesKind,
      chosen,
      written === undefined ? ['acme', 'store'] : ['store'],
    );
    return { store: certificates, leases, where: `store ${chosen}`, isShared: true, connect };
  }
  const folder =
    chosen === undefined ? defaultCertificateFolder() : resolve(services.location.directory, chosen.folder);
  const leases = createFileLeases(join(folder, 'leases'), services.clock);
  return {
    store: createFileCertificates(folder),
    leases,
    where: `folder ${folder}`,
    isShared: false,
    connect: async () => undefined,
  };
}

interface IssuerParts extends Services {
  readonly store: CertificateStore;
  readonly leases: LeaseStore;
  readonly board: ChallengeBoard;
}

function issuersOf({ acme, local }: CertificatesOptions, parts: IssuerParts): readonly CertificateIssuer[] {
  const isList = Array.isArray(acme);
  const authorities = asList(acme).map((each, index) => acmeIssuer(each, parts, isList ? ['acme', index] : ['acme']));
  if (local !== true) return authorities;
  const authority = createLocalAuthority(parts.store, { leases: parts.leases, clock: parts.clock });
  // Visitors of a public name would see a warning, and not know why.
  const refusal = (name: string): string | null =>
    authorities.length > 0 && !isPrivateName(name) ? 'it is for names that no public authority issues for' : null;
  return [{ name: authority.name, issue: authority.issue, refusal }, ...authorities];
}

function acmeIssuer(
  options: AcmeOptions,
  { store, board, clock, location }: IssuerParts,
  at: readonly (string | number)[],
): CertificateIssuer {
  const { email, directory, challenge, eab, ca, profile, key } = options;
  const challenges = challenge === undefined ? undefined : Array.isArray(challenge) ? challenge : [challenge];
  if (challenges?.includes('dns-01') === true && options.dns === undefined)
    throw refuse([...at, 'challenge'], 'expected the key `dns` beside `challenge: dns-01`, found none');
  return createAcmeIssuer({
    ...{ store, board, clock },
    ...(email === undefined ? {} : { email }),
    ...(directory === undefined ? {} : { directory }),
    ...(challenges === undefined ? {} : { challenges }),
    ...(options.dns === undefined ? {} : { dns: dnsOf(options.dns, clock, location.directory) }),
    ...(eab === undefined ? {} : { externalAccount: eab }),
    ...(ca === undefined ? {} : { ca: readPem(resolve(location.directory, ca), [...at, 'ca']) }),
    ...(profile === undefined ? {} : { profile }),
    ...(key === undefined ? {} : { keyType: key }),
  });
}

function dnsOf(
  { command, url, wait = 0 }: NonNullable<AcmeOptions['dns']>,
  clock: Services['clock'],
  directory: string,
): DnsProvider {
  const provider = url === undefined ? createDnsCommand(command!, directory) : createDnsWebhook(url);
  return withDnsWait(followDnsAliases(provider), wait, clock);
}

function readPem(file: string, path: readonly (string | number)[]): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw refuse(
      path,
      `expected a file that this process may read (${(error as NodeJS.ErrnoException).code} at ${file})`,
    );
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw refuse(path, `expected a PEM file with certificates, found none in ${file}`);
  return text;
}

async function isPermitted(ask: string, name: string, signal: AbortSignal): Promise<boolean> {
  const url = new URL(ask);
  url.searchParams.set('domain', name);
  const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(askMs)]), redirect: 'error' });
  await answer.body?.cancel();
  return answer.ok;
}

function asList(acme: CertificatesOptions['acme']): readonly AcmeOptions[] {
  if (acme === undefined) return [];
  return Array.isArray(acme) ? acme : [acme as AcmeOptions];
}

function refuse(path: readonly (string | number)[], message: string): OptionsError {
  return new OptionsError([{ path: [...path], message }]);
}
