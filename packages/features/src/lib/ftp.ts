import { resolve } from 'node:path';
import type { LogSinks } from '@windhover/access-log';
import { type CertificateRule, userSourceKind } from '@windhover/auth';
import { type ListenAddress, OptionsError, type PlacedFeature, parseListenAddress } from '@windhover/config';
import type { Middleware } from '@windhover/core';
import type { Feature, FeatureInstance, Services } from '@windhover/core/feature';
import type { FtpCommand, FtpServerOptions, FtpSite } from '@windhover/ftp';
import { type CertificateFiles, nameAddress } from '@windhover/transport';
import { folderProblem } from './folder-problem.ts';
import { withCertificates } from './ftp-certificate-users.ts';
import { checkFtpCertificates } from './ftp-certificates.ts';
import { ftpEntryIssues } from './ftp-entry-issues.ts';
import { type FtpLog, makeFtpLog } from './ftp-log.ts';
import { type FtpEntry, type FtpHostEntry, ftpSchema } from './ftp-schema.ts';
import { type MadeIpFilter, makeIpFilter } from './make-ip-filter.ts';
import { managedFtp, type OpenFtp } from './managed-ftp.ts';
import { watchFtp } from './watch-ftp.ts';

/** One server of `ftp`, without its certificates if it uses those of the sites. */
export interface FtpDefinition {
  readonly address: ListenAddress;
  readonly options: Omit<FtpServerOptions, 'tls'>;
  /** `null`: those of the sites. */
  readonly certificate: CertificateFiles | null;
  /** Where the opener of the server puts it, so that administrators see its sessions. */
  readonly open: OpenFtp;
}

interface FtpInstance extends FeatureInstance {
  readonly servers: readonly FtpDefinition[];
}

const featureName = 'ftp';

/**
 * `ftp`: servers of FTP. The server that opens the listeners reads them with `ftpOf`.
 *
 * @param sinks make what the lines of `log` are written to, as for `accessLogFeature`
 */
export function ftpFeature(sinks: LogSinks): Feature<FtpEntry[]> {
  return {
    name: featureName,
    levels: ['top'],
    phases: [],
    combine: 'replace',
    schema: ftpSchema,
    async create(entries, services): Promise<FtpInstance> {
      const watch = watchFtp(services);
      const logs = entries.map(({ log }, index) => makeFtpLog(log, sinks, services, [index, 'log']));
      const all = logs.filter((log) => log !== null);
      const filters = entries.map((entry, index) => filterOf(entry, index, services));
      const servers = entries.map((entry, index) =>
        define(entry, index, services, {
          middleware: middlewareOf(watch, logs[index]!),
          ...(logs[index] === null ? {} : { onChannel: logs[index]!.onChannel }),
          connections: filters[index] === null ? [] : [filters[index]!.filter.connectionMiddleware],
        }),
      );
      await checkFtpCertificates(entries, servers);
      return {
        layers: [],
        servers,
        async prepare() {
          await Promise.all([...all, ...filters].map((each) => each?.prepare()));
        },
        commit() {
          for (const log of all) void log.commit();
        },
        async dispose() {
          await Promise.all(all.map((log) => log.dispose()));
        },
      };
    },
  };
}

function middlewareOf(watch: Middleware<FtpCommand>, log: FtpLog | null): Middleware<FtpCommand>[] {
  return log === null ? [watch] : [watch, log.middleware];
}

function filterOf({ connectionFilter, listen }: FtpEntry, index: number, services: Services): MadeIpFilter | null {
  if (connectionFilter === undefined) return null;
  const listener = nameAddress(parseListenAddress(listen) as ListenAddress);
  try {
    return makeIpFilter(connectionFilter, { ...services, location: { ...services.location, listener } }, null);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    const at = [index, 'connectionFilter'];
    throw new OptionsError(error.issues.map((issue) => ({ ...issue, path: [...at, ...(issue.path ?? [])] })));
  }
}

/** The servers of FTP of a configuration. */
export function ftpOf(features: readonly PlacedFeature[]): readonly FtpDefinition[] {
  const placed = features.find(({ feature }) => feature.name === featureName);
  return (placed?.instance as FtpInstance | undefined)?.servers ?? [];
}

function define(
  entry: FtpEntry,
  index: number,
  services: Services,
  wraps: Pick<FtpServerOptions, 'middleware' | 'connections' | 'onChannel'>,
): FtpDefinition {
  const { directory } = services.location;
  const { tls = 'required', passivePorts, certificate, denyByFailure = {}, listen, hosts = {} } = entry;
  const issues = ftpEntryIssues(entry).map((issue) => ({ ...issue, path: [index, ...(issue.path ?? [])] }));
  if (issues.length > 0) throw new OptionsError(issues);
  const { requireSessionReuse, publicAddress, active, listings: listingStyle } = entry;
  const at = (written: string): string => resolve(directory, written);
  const site = (host: FtpHostEntry, ...path: string[]): FtpSite => siteOf(host, services, [index, ...path]);
  const address = parseListenAddress(listen) as ListenAddress; // the schema has checked it
  const name = nameAddress(address);
  const open = services.lease<OpenFtp>(name, '1', () => ({ server: null }));
  services.manage(managedFtp(name, open));
  return {
    address,
    open,
    certificate: certificate === undefined ? null : certificateOf(entry, certificate, at),
    options: {
      ...site(entry),
      hosts: Object.fromEntries(Object.entries(hosts).map(([host, each]) => [host, site(each, 'hosts', host)])),
      ...without({ requireSessionReuse, publicAddress, active, listingStyle }),
      security: tls === 'implicit' ? 'required' : tls,
      implicitTls: tls === 'implicit',
      ...(passivePorts === undefined ? {} : { passivePorts: passivePorts.split('-').map(Number) as [number, number] }),
      denyByFailure:
        denyByFailure === false ? null : without({ failures: denyByFailure.failures, periodMs: denyByFailure.period }),
      limits: without({
        maxSessions: entry.maxSessions,
        maxSessionsPerAddress: entry.maxSessionsPerAddress,
        maxSessionsPerUser: entry.maxSessionsPerUser,
        maxFileBytes: entry.maxFile,
        maxBytesPerSecond: entry.rate,
        minBytesPerSecond: entry.minRate,
        idleTimeoutMs: entry.idleTimeout,
        dataTimeoutMs: entry.dataTimeout,
        loginTimeoutMs: entry.loginTimeout,
      }),
      ...wraps,
      log: services.log,
      clock: services.clock,
    },
  };
}

function certificateOf(
  { key, clientCertificates }: FtpEntry,
  certificate: string,
  at: (written: string) => string,
): CertificateFiles {
  const files = { certFile: at(certificate), keyFile: at(key ?? certificate) };
  if (clientCertificates === undefined) return files;
  const { ca, crl, mode = 'require' } = clientCertificates;
  const asked = { caFile: at(ca), mode, ...(crl === undefined ? {} : { crlFile: at(crl) }) };
  return { ...files, clientCertificates: asked };
}

/** @param at where in the options of the feature it stands */
function siteOf(entry: FtpHostEntry, services: Services, at: readonly (string | number)[]): FtpSite {
  const { root, folders = {}, anonymous, isolation, rules, uploads, greeting, quota } = entry;
  const folder = (written: string, ...path: string[]): string => {
    const found = resolve(services.location.directory, written);
    const problem = folderProblem(found);
    if (problem !== null) throw new OptionsError([{ path: [...at, ...path], message: problem }]);
    return found;
  };
  return {
    ...usersOf(entry, services, at),
    ...without({ anonymous, isolation, rules, uploads, greeting }),
    ...(quota === undefined ? {} : { quotaBytes: ({ name }) => quotaOf(quota, name) }),
    root: folder(root, 'root'),
    folders: Object.fromEntries(
      Object.entries(folders).map(([path, written]) => [path, folder(written, 'folders', path)]),
    ),
  };
}

function usersOf(
  { users, certificateUsers }: FtpHostEntry,
  services: Services,
  at: readonly (string | number)[],
): Pick<FtpSite, 'users'> {
  const source = users === undefined ? undefined : services.resource(userSourceKind, users, [...at, 'users']);
  if (certificateUsers === undefined) return source === undefined ? {} : { users: source };
  try {
    return { users: withCertificates(source, certificateUsers as readonly CertificateRule[]) };
  } catch (error) {
    throw new OptionsError([{ path: [...at, 'certificateUsers'], message: (error as Error).message }]);
  }
}

function quotaOf(
  { default: usual = null, users = {} }: NonNullable<FtpHostEntry['quota']>,
  name: string,
): number | null {
  return Object.hasOwn(users, name) ? users[name]! : usual;
}

function without<T extends object>(options: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}
