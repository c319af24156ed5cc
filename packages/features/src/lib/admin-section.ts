import { basename, dirname, join, resolve } from 'node:path';
import type { ListenAddress } from '@windhover/config/read';
import { adminAddress } from './admin-address.ts';
import { type AdminOptions, adminSchema } from './admin-schema.ts';

/** The key `admin`, for the process that serves the API. It is plain data. */
export interface AdminSection {
  readonly listen: ListenAddress;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly hosts: readonly string[];
  /** Whether users may log in; the processes that have loaded the features know them. */
  readonly hasUsers: boolean;
  readonly tokens: readonly ({ readonly name: string; readonly role: 'look' | 'operate' | 'configure' } & (
    | { readonly sha256: string }
    | { readonly token: string }
  ))[];
  /** Absolute names. */
  readonly audit: string | null;
  readonly history: { readonly folder: string; readonly keep: number } | null;
  readonly console: boolean;
  readonly deployments: Readonly<
    Record<string, { readonly folder: string; readonly pool: string | null; readonly keep: number }>
  >;
  readonly maxUploadBytes: number;
}

/** Resolves the options. */
export function toAdminSection(options: AdminOptions, file: string, directory: string): AdminSection {
  const { listen, tls, hosts = [], users, tokens = [], audit, history, console, deployments = {}, maxUpload } = options;
  const at = (name: string): string => resolve(directory, name);
  const folder = join(dirname(resolve(file)), `${basename(file)}.history`);
  const kept =
    history === false
      ? null
      : { folder: history?.folder === undefined ? folder : at(history.folder), keep: history?.keep ?? 50 };
  return {
    listen: adminAddress(listen)!,
    tls: tls === undefined ? null : { certFile: at(tls.certificate), keyFile: at(tls.key ?? tls.certificate) },
    hosts,
    hasUsers: users !== undefined,
    tokens: tokens as AdminSection['tokens'], // the schema has checked that each has one of the two
    audit: audit === false ? null : at(audit ?? join(kept?.folder ?? folder, 'audit.log')),
    history: kept,
    console,
    deployments: Object.fromEntries(
      Object.entries(deployments).map(([name, { folder: root, pool = null, keep = 5 }]) => [
        name,
        { folder: at(root), pool, keep },
      ]),
    ),
    maxUploadBytes: maxUpload ?? 256 * 1024 * 1024,
  };
}

/**
 * Reads `admin` of a configuration; `null`: it has none. `undefined` if something is wrong with it: whoever loads the whole configuration
 * says what.
 */
export function readAdmin(written: unknown, file: string, directory: string): AdminSection | null | undefined {
  if (written === undefined || written === null || written === false) return null;
  const { success, data } = adminSchema.safeParse(written);
  return success ? toAdminSection(data, file, directory) : undefined;
}
