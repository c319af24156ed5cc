import { availableParallelism } from 'node:os';
import type { AppDefinition } from '@windhover/app-pool';
import {
  type ConfigSnapshot,
  type ListenAddress,
  readConfig,
  readListenAddresses,
  recordDisk,
} from '@windhover/config/read';
import type { Clock } from '@windhover/core/feature';
import type { AdminSection } from '@windhover/features/admin';
import { readFtpAddresses } from '@windhover/features/ftp-address';
import { type MetricsSection, readMetricsSection } from '@windhover/features/metrics';
import { parseDuration } from '@windhover/options';
import { readWorkers } from './read-workers.ts';

/** The default of `oldStreams`, as in the schema. */
const oldStreamsDefault = '24h';
/** The longest delay of a timer, less a day: 24 hours short of 25 days. */
const maxLingerMs = 2 ** 31 - 1 - 24 * 60 * 60 * 1000;

/** What the supervisor needs to know of a configuration. The workers know the rest, and check it. */
export interface ServerPlan {
  readonly file: string;
  readonly listen: readonly ListenAddress[];
  /** The addresses of FTP. */
  readonly ftp: readonly ListenAddress[];
  /** 0: everything runs in one process. */
  readonly workers: number;
  readonly metrics: MetricsSection | null;
  /** The management API. */
  readonly admin: AdminSection | null;
  readonly isWatched: boolean;
  /** How long streams and tunnels of replaced workers may go on, in milliseconds. */
  readonly oldStreamsMs: number;
  /** The absolute names of all files it was read from, and of the folders in which a new file may fit a pattern under `include`. */
  readonly files: readonly string[];
  readonly snapshot: ConfigSnapshot;
  /** Whether a change needs new processes: Node keeps the code of modules and plugins. */
  readonly hasCode: boolean;
  /** The applications that it runs. */
  readonly apps: readonly AppDefinition[];
  /** What a running server cannot change, as text to compare. */
  readonly limits: string;
  readonly secure: string;
}

/** What was read, and the plan; `null` if something is wrong: whoever loads the whole configuration says what. */
export interface ReadPlan {
  readonly snapshot: ConfigSnapshot;
  readonly plan: ServerPlan | null;
}

/** Reads what the supervisor needs of a configuration. */
export async function readServerPlan(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Promise<ReadPlan> {
  const disk = recordDisk();
  const read = await readConfig(file, env, { clock, disk });
  const none = { snapshot: disk.snapshot(), plan: null };
  if (!('value' in read) || read.hasProblems) return none;
  const value = (read.value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof value !== 'object') return none;
  const {
    listen = 8080,
    workers,
    metrics,
    watch = false,
    limits = null,
    plugins = [],
    oldStreams,
    apps,
    admin,
    ftp,
  } = value;
  // Without sites only FTP is served.
  const addresses = value['sites'] === undefined ? [] : readListenAddresses(listen);
  const ofFtp = readFtpAddresses(ftp);
  const count = readWorkers(workers);
  const section = readMetricsSection(metrics);
  const applications = await readApplications(apps, (name) => read.directoryOf(['apps', name]));
  const managed = await readManagement(admin, file, read.directoryOf(['admin']));
  if (addresses === null || count === null || section === undefined || applications === undefined) return none;
  if (managed === undefined || ofFtp === null) return none;
  const plan: ServerPlan = {
    file,
    listen: addresses,
    ftp: ofFtp,
    workers: count === 'auto' ? availableParallelism() : count,
    metrics: section,
    admin: managed,
    isWatched: watch === true || watch === 'true', // a variable of the environment is a text
    oldStreamsMs: toOldStreamsMs(oldStreams),
    files: [...read.files, ...read.folders],
    snapshot: disk.snapshot(),
    hasCode: read.isCode || (Array.isArray(plugins) && plugins.length > 0),
    apps: applications,
    limits: JSON.stringify(limits),
    secure: JSON.stringify(secureListeners(listen)),
  };
  return { snapshot: plan.snapshot, plan };
}

/** Says why running workers cannot take the new configuration; `null`: they can. */
export function freshReason(before: ServerPlan, after: ServerPlan): string | null {
  if (before.hasCode || after.hasCode) return 'code of modules and plugins is loaded once';
  const sockets = ({ listen, ftp }: ServerPlan): string => JSON.stringify([listen, ftp]);
  if (sockets(before) !== sockets(after)) return 'they listen elsewhere';
  if (before.secure !== after.secure) return 'a listener speaks TLS that did not, or no longer';
  if (before.workers !== after.workers) return 'their number changes';
  return before.limits === after.limits ? null : 'limits hold for a whole process';
}

/** Loads the schema only if there is something to read. */
async function readApplications(
  apps: unknown,
  directoryOf: (name: string) => string,
): Promise<readonly AppDefinition[] | undefined> {
  if (apps === undefined || apps === null) return [];
  const { readApps } = await import('@windhover/features/apps');
  return readApps(apps, directoryOf);
}

/** Loads the schema only if there is something to read. */
async function readManagement(
  admin: unknown,
  file: string,
  directory: string,
): Promise<AdminSection | null | undefined> {
  if (admin === undefined || admin === null || admin === false) return null;
  const { readAdmin } = await import('@windhover/features/admin');
  return readAdmin(admin, file, directory);
}

/** A value that is wrong is refused by the workers. */
function toOldStreamsMs(written: unknown = oldStreamsDefault): number {
  const read = written === null ? Number.POSITIVE_INFINITY : (parseDuration(written) ?? 0);
  return Math.min(read, maxLingerMs);
}

/** A listener cannot become one for TLS while it is open. */
function secureListeners(listen: unknown): readonly boolean[] {
  const entries = Array.isArray(listen) ? listen : [listen];
  return entries.map((entry) => (entry as { readonly tls?: unknown } | null)?.tls !== undefined);
}
