import { resolve } from 'node:path';
import type { Values } from './merge-values.ts';

type Map = Readonly<Record<string, unknown>>;

/** Keys of features that flags and variables override, each with the setting that does so. */
export const overriddenBy: Readonly<Record<string, string>> = {
  static: 'static',
  compress: 'compress',
  accessLog: 'accessLog',
  trustedProxies: 'trustProxy',
};

/** Converts what flags and variables set for features to keys of a configuration file. Options they do not set stay as in the file. */
export function featureOverrides(
  { static: folder, compress, accessLog, trustProxy, forwarded }: Values,
  written: Map,
): Map {
  const overrides: Record<string, unknown> = {};
  if (typeof folder === 'string') overrides['static'] = { ...asMap(written['static'], 'root'), root: resolve(folder) };
  // `--compress` keeps the options of the file.
  if (compress !== undefined) overrides['compress'] = compress === true ? written['compress'] || true : compress;
  if (accessLog !== undefined) overrides['accessLog'] = accessLog;
  const proxies = asMap(written['trustedProxies'], 'from');
  const headers = forwarded === undefined ? {} : { headers: forwarded };
  if (trustProxy === null) overrides['trustedProxies'] = false;
  else if (trustProxy !== undefined) overrides['trustedProxies'] = { ...proxies, from: trustProxy, ...headers };
  else if (forwarded !== undefined && 'from' in proxies) overrides['trustedProxies'] = { ...proxies, ...headers };
  return overrides;
}

/** Returns the options of a feature that may be written as a single value. */
function asMap(value: unknown, alone: string): Map {
  if (typeof value === 'string' || Array.isArray(value)) return { [alone]: value };
  return typeof value === 'object' && value !== null ? (value as Map) : {};
}
