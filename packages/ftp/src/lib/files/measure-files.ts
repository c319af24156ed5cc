import type { FileFacts, FtpFileSystem } from './file-system.ts';

/** Folders deeper than this are not looked into: without `unique`, links that lead around could not be told. */
const maxDepth = 128;

/** The bytes of all files of a file system. A folder that is reached on several ways counts once. */
export async function measureFiles(files: FtpFileSystem): Promise<number> {
  const seen = new Set<string>();
  const waiting = [{ path: '/', depth: 0 }];
  let bytes = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for await (const facts of files.list(next.path)) {
      if (facts.kind === 'file') bytes += facts.size;
      else if (next.depth < maxDepth && isNew(facts, seen))
        waiting.push({ path: `${next.path === '/' ? '' : next.path}/${facts.name}`, depth: next.depth + 1 });
    }
  }
  return bytes;
}

function isNew({ unique }: FileFacts, seen: Set<string>): boolean {
  if (unique === undefined) return true;
  if (seen.has(unique)) return false;
  seen.add(unique);
  return true;
}
