import { resolve } from 'node:path';
import type { Values } from './merge-values.ts';

type Map = Readonly<Record<string, unknown>>;

/** The keys of features that flags and variables stand in place of, and which setting does. */
export const overriddenBy: Readonly<Record<string, string>> = {
  static: 'static',
  accessLog: 'accessLog',
  trustedProxies: 'trustProxy',
};

/** What flags and variables say about features, in the words of a file. Options that they say nothing about stay as the file has them. */
export function featureOverrides({ static: folder, accessLog, trustProxy, forwarded }: Values, written: Map): Map {
  const overrides: Record<string, unknown> = {};
  if (typeof folder === 'string') overrides['static'] = { ...asMap(written['static'], 'root'), root: resolve(folder) };
  if (accessLog !== undefined) overrides['accessLog'] = accessLog;
  const proxies = asMap(written['trustedProxies'], 'from');
  const headers = forwarded === undefined ? {} : { headers: forwarded };
  if (trustProxy === null) overrides['trustedProxies'] = false;
  else if (trustProxy !== undefined) overrides['trustedProxies'] = { ...proxies, from: trustProxy, ...headers };
  else if (forwarded !== undefined && 'from' in proxies) overrides['trustedProxies'] = { ...proxies, ...headers };
  return overrides;
}

/** The options of a feature that may be written as one value alone. */
function asMap(value: unknown, alone: string): Map {
  if (typeof value === 'string' || Array.isArray(value)) return { [alone]: value };
  return typeof value === 'object' && value !== null ? (value as Map) : {};
}
