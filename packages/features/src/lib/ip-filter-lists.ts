import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { OptionsError } from '@windhover/config';
import type { Services } from '@windhover/core/feature';
import { type IpEntry, type IpList, type IpRule, ipListFile, ipListUrl } from '@windhover/ip-filter';
import { ipEntryProblem } from './ip-entry-problem.ts';
import type { ConnectionFilterSettings } from './ip-filter-schema.ts';

/** A list that is loaded before the first request. */
export type LoadedList = IpList & { load(): Promise<void> };

type Written = NonNullable<ConnectionFilterSettings['allow']>;
type Path = readonly (string | number)[];
type OneWritten = Exclude<Written, readonly unknown[]>;

/** The entries of a filter with their lists made, and the lists. A list is shared by all filters that name it, and outlives a reload. */
export function readEntries(
  { allow, deny, rules }: ConnectionFilterSettings,
  services: Services,
): {
  readonly rules: {
    readonly allow?: readonly IpEntry[];
    readonly deny?: readonly IpEntry[];
    readonly rules?: readonly IpRule[];
  };
  readonly lists: readonly LoadedList[];
} {
  const lists: LoadedList[] = [];
  const read = (written: Written, at: Path): readonly IpEntry[] =>
    (Array.isArray(written) ? (written as readonly OneWritten[]) : [written as OneWritten]).map((each, index) => {
      const entry = readEntry(each, services, Array.isArray(written) ? [...at, index] : at);
      if (typeof entry === 'object' && 'load' in entry) lists.push(entry as LoadedList);
      return entry;
    });
  const sides = (side: Pick<ConnectionFilterSettings, 'allow' | 'deny'>, at: Path) => ({
    ...(side.allow === undefined ? {} : { allow: read(side.allow, [...at, 'allow']) }),
    ...(side.deny === undefined ? {} : { deny: read(side.deny, [...at, 'deny']) }),
  });
  const given =
    rules === undefined
      ? sides({ ...(allow === undefined ? {} : { allow }), ...(deny === undefined ? {} : { deny }) }, [])
      : { rules: rules.map((rule, index) => sides(rule, ['rules', index])) };
  return { rules: given, lists };
}

function readEntry(entry: OneWritten, services: Services, at: Path): IpEntry {
  if (typeof entry === 'string') {
    const message = ipEntryProblem(entry);
    if (message !== null) throw new OptionsError([{ path: at, message }]);
    return entry;
  }
  if ('domain' in entry) return entry;
  const { location, log, clock } = services;
  const version = JSON.stringify(entry);
  if ('file' in entry) {
    const path = resolve(location.directory, entry.file);
    const problem = fileProblem(path);
    if (problem !== null) throw new OptionsError([{ path: [...at, 'file'], message: problem }]);
    const checkMs = entry.check === undefined ? {} : { checkMs: entry.check };
    const options = { ...checkMs, mayBeEmpty: entry.mayBeEmpty ?? false, log, clock };
    return services.lease(`file ${path}`, version, () => ipListFile(path, options));
  }
  const { url, every, timeout, maxSize, copy, headers, mayBeEmpty = false } = entry;
  const options = {
    mayBeEmpty,
    ...(every === undefined ? {} : { everyMs: every }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(maxSize === undefined ? {} : { maxBytes: maxSize }),
    ...(copy === undefined ? {} : { copy: resolve(location.directory, copy) }),
    ...(headers === undefined ? {} : { headers }),
  };
  try {
    return services.lease(`url ${url}`, version, () => ipListUrl(url, { ...options, log, clock }));
  } catch (error) {
    throw new OptionsError([{ path: [...at, 'url'], message: (error as Error).message }]);
  }
}

/** Why a file cannot be read as a list; `null` if it can. */
function fileProblem(path: string): string | null {
  try {
    if (!statSync(path).isFile()) return `expected a file, found something else (${path})`;
    accessSync(path, constants.R_OK);
    return null;
  } catch (error) {
    return `expected a file that this process may read (${(error as NodeJS.ErrnoException).code} at ${path})`;
  }
}
