import type { FileSource, FoundEntry, FoundFile, Inspection } from './file-source.ts';
import { toNames } from './try-files.ts';

/** A file of a list, with its path. */
export interface NamedFile {
  readonly path: string;
  readonly entry: FoundFile;
}

interface Tree {
  readonly children: Map<string, Tree>;
  entry: FoundEntry;
}

/** Finds files of a list, and the folders that their paths imply. */
export function treeSource(
  files: readonly NamedFile[],
  modifiedMs: number | null,
): Pick<FileSource, 'inspect'> & {
  find(names: readonly string[]): FoundEntry | null;
  list(names: readonly string[]): string[];
} {
  let folders = 0;
  const newFolder = (): Tree => {
    folders += 1;
    return { children: new Map(), entry: { kind: 'folder', id: `folder:${folders}`, modifiedMs } };
  };
  const top = newFolder();
  for (const { path, entry } of files) {
    let tree = top;
    for (const name of toNames(path)) {
      const next = tree.children.get(name) ?? newFolder();
      tree.children.set(name, next);
      tree = next;
    }
    if (tree !== top && tree.children.size === 0) tree.entry = entry;
  }
  const treeAt = (names: readonly string[]): Tree | undefined => {
    let tree: Tree | undefined = top;
    for (const name of names) tree = tree?.children.get(name);
    return tree;
  };
  return {
    find: (names) => treeAt(names)?.entry ?? null,
    list: (names) => [...(treeAt(names)?.children.keys() ?? [])],
    inspect: (names) => inspectionOf(treeAt(names)?.entry),
  };
}

function inspectionOf(entry: FoundEntry | undefined): Inspection {
  if (entry === undefined) return { kind: 'none', because: 'there is no such file' };
  return entry.kind === 'file'
    ? { kind: 'file', because: 'the file exists' }
    : { kind: 'folder', because: 'it is a folder' };
}
