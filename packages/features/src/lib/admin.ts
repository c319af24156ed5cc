import { resolve } from 'node:path';
import { type User, type UserSource, userSourceKind } from '@windhover/auth';
import { OptionsError, type PlacedFeature } from '@windhover/config';
import type { Feature, FeatureInstance, Services } from '@windhover/core/feature';
import { createTls } from '@windhover/transport';
import { type AdminOptions, adminSchema } from './admin-schema.ts';
import { type AdminSection, toAdminSection } from './admin-section.ts';
import { makeCurrent, promiseCurrent } from './deployment-links.ts';

/** What somebody may do with the management API. */
export type AdminRole = 'look' | 'operate' | 'configure';

/** The accounts of the management API. */
export interface AdminAccounts {
  /** `null`: the name or the password is wrong, or the user has no role. */
  verify(name: string, password: string, client: string): Promise<AdminRole | null>;
  /** The role of a user as of now. */
  find(name: string): AdminRole | null;
  /** Those that are known by name. */
  list(): readonly { readonly name: string; readonly role: AdminRole; readonly isToken: boolean }[];
}

interface AdminInstance extends FeatureInstance {
  readonly options: AdminOptions;
  readonly directory: string;
  readonly accounts: AdminAccounts | null;
  /** The applications that deployments recycle. */
  readonly pools: readonly string[];
}

/** `admin`: the management API. The process that serves it reads its address with `readAdmin`, and asks here who may log in. */
export const adminFeature: Feature<AdminOptions> = {
  name: 'admin',
  levels: ['top'],
  phases: [],
  combine: 'replace',
  schema: adminSchema,
  async create(options, services): Promise<AdminInstance> {
    const { users, roles, tls, deployments = {} } = options;
    if (roles !== undefined && users === undefined)
      throw new OptionsError([{ path: ['roles'], message: 'expected `users` beside it, found none' }]);
    if (tls !== undefined) await checkCertificate(tls, services);
    const source = users === undefined ? null : services.resource(userSourceKind, users, ['users']);
    const pools = Object.values(deployments).flatMap(({ pool }) => (pool === undefined ? [] : [pool]));
    const { directory } = services.location;
    const folders = Object.values(deployments).map(({ folder }) => resolve(directory, folder));
    const takeBack = folders.map((folder) => promiseCurrent(folder));
    return {
      layers: [],
      options,
      directory,
      pools,
      accounts: source === null ? null : accountsOf(source, roles ?? null),
      prepare() {
        for (const folder of folders) makeOrTell(folder, services);
      },
      dispose() {
        for (const each of takeBack.splice(0)) each();
      },
    };
  },
};

/** A server whose deployments cannot be written yet can do everything else. */
function makeOrTell(folder: string, { clock, log }: Services): void {
  try {
    makeCurrent(folder, clock.now());
  } catch (error) {
    log.warn(`The link \`current\` of a deployment cannot be made in ${folder}`, { error });
  }
}

/** Reads it, so that `check` tells what is wrong with it. */
async function checkCertificate(
  { certificate, key = certificate }: NonNullable<AdminOptions['tls']>,
  { location, log }: Services,
): Promise<void> {
  const files = { certFile: resolve(location.directory, certificate), keyFile: resolve(location.directory, key) };
  try {
    await createTls({ certificate: files, onWarning: ({ message }) => log.warn(message) });
  } catch (error) {
    throw new OptionsError([{ path: ['tls'], message: (error as Error).message }]);
  }
}

/** The accounts of a configuration; `null`: it has no `admin`, or only tokens. */
export function adminAccountsOf(features: readonly PlacedFeature[]): AdminAccounts | null {
  return (adminOf(features) as AdminInstance | null)?.accounts ?? null;
}

/** The section as plain data, for the process that serves the API; `null`: there is none. */
export function adminSectionOf(features: readonly PlacedFeature[], file: string): AdminSection | null {
  const instance = adminOf(features) as AdminInstance | null;
  return instance === null ? null : toAdminSection(instance.options, file, instance.directory);
}

/** Whether a configuration serves the management API. */
export function hasAdmin(features: readonly PlacedFeature[]): boolean {
  return adminOf(features) !== null;
}

function adminOf(features: readonly PlacedFeature[]): FeatureInstance | null {
  return features.find(({ feature }) => feature.name === adminFeature.name)?.instance ?? null;
}

function accountsOf(source: UserSource, roles: NonNullable<AdminOptions['roles']> | null): AdminAccounts {
  const roleOf = (user: User | null): AdminRole | null => {
    if (user === null || roles === null) return user === null ? null : 'configure';
    const { name, roles: own = [] } = user;
    const has = (role: AdminRole): boolean => (roles[role] ?? []).some((each) => each === name || own.includes(each));
    return has('configure') ? 'configure' : has('operate') ? 'operate' : has('look') ? 'look' : null;
  };
  return {
    verify: async (name, password, client) => roleOf(await source.verify(name, password, client)),
    find: (name) => roleOf(source.find(name)),
    list() {
      const names = source.names?.() ?? [...new Set(Object.values(roles ?? {}).flat())];
      return names.flatMap((name) => {
        const role = roleOf(source.find(name));
        return role === null ? [] : [{ name, role, isToken: false }];
      });
    },
  };
}
