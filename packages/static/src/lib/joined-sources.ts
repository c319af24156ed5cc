import { join } from 'node:path';
import type { FileSource, FoundEntry, Inspection } from './file-source.ts';
import { toNames } from './try-files.ts';

/** Several sources as one: the first that has an entry at a place gives it; folders show the entries of all. */
export function joined(sources: readonly FileSource[]): FileSource {
  if (sources.length === 1) return sources[0]!;
  return {
    async find(names) {
      for (const source of sources) {
        const entry = await source.find(names);
        if (entry !== null) return entry;
      }
      return null;
    },
    async *list(names) {
      const seen = new Set<string>();
      for (const source of sources) {
        for await (const name of source.list(names)) {
          if (seen.has(name)) continue;
          seen.add(name);
          yield name;
        }
      }
    },
    describe: (names) => holder(sources, names).describe(names),
    inspect: (names) => holder(sources, names).inspect(names),
  };
}

const nothing: Inspection = { kind: 'none', because: 'there is no such file' };

/** The source that answers for a place; the first one if none does. */
function holder(sources: readonly FileSource[], names: readonly string[]): FileSource {
  return sources.find((source) => source.inspect(names).kind !== 'none') ?? sources[0]!;
}

/**
 * A source with others mounted at places in it, as virtual directories: `{ '/': site, '/docs': docs }`. A mounted source
 * hides what the others have at its place. The longest place counts.
 */
export function mounted(sources: Readonly<Record<string, FileSource>>): FileSource {
  const mounts = Object.entries(sources)
    .map(([path, source]) => ({ names: toNames(path), source }))
    .sort((left, right) => right.names.length - left.names.length);
  const within = (names: readonly string[]) =>
    mounts.find((mount) => mount.names.every((name, at) => names[at] === name));
  const childrenOf = (names: readonly string[]): string[] =>
    mounts
      .filter((mount) => mount.names.length > names.length && names.every((name, at) => mount.names[at] === name))
      .map((mount) => mount.names[names.length]!);
  return {
    async find(names): Promise<FoundEntry | null> {
      const mount = within(names);
      const found = (await mount?.source.find(names.slice(mount.names.length))) ?? null;
      if (found?.kind === 'folder' || childrenOf(names).length === 0) return found;
      return { kind: 'folder', id: `mount:${names.join('/')}`, modifiedMs: null };
    },
    async *list(names) {
      const children = new Set(childrenOf(names));
      yield* children;
      const mount = within(names);
      if (mount === undefined) return;
      for await (const name of mount.source.list(names.slice(mount.names.length))) if (!children.has(name)) yield name;
    },
    describe(names) {
      const mount = within(names);
      return mount === undefined ? join('/', ...names) : mount.source.describe(names.slice(mount.names.length));
    },
    inspect(names) {
      const mount = within(names);
      const found = mount?.source.inspect(names.slice(mount.names.length)) ?? nothing;
      const isVirtual = found.kind === 'none' && childrenOf(names).length > 0;
      return isVirtual ? { kind: 'folder', because: 'other folders are mounted there' } : found;
    },
  };
}
