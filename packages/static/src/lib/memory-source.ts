import type { FileFacts } from './file-facts.ts';
import type { FileSource, OpenFile } from './file-source.ts';
import { type NamedFile, treeSource } from './tree-source.ts';

/** Options of `memorySource`. */
export interface MemorySourceOptions {
  /** When the files were last modified, in milliseconds since the epoch. Default: when the source is made. */
  readonly modifiedMs?: number;
}

/** Files in memory, by path: `{ 'index.html': '<h1>Hello' }`. For what is built at start, embedded, or made by a test. */
export function memorySource(
  files: Readonly<Record<string, string | Uint8Array>>,
  { modifiedMs = Date.now() }: MemorySourceOptions = {},
): FileSource {
  const modifiedNs = BigInt(Math.floor(modifiedMs)) * 1_000_000n;
  const named = Object.entries(files).map(([path, content], index): NamedFile => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content);
    const facts = { id: `${index}`, size: bytes.byteLength, mtimeNs: modifiedNs, ctimeNs: modifiedNs };
    return { path, entry: { kind: 'file', facts, open: async () => openBytes(bytes, facts) } };
  });
  const tree = treeSource(named, modifiedMs);
  return { ...tree, describe: (names) => names.join('/') };
}

/** Opens bytes that never change. */
export function openBytes(bytes: Uint8Array, facts: FileFacts): OpenFile {
  return {
    facts,
    read(into, position) {
      const part = bytes.subarray(position, position + into.byteLength);
      into.set(part);
      return part.byteLength;
    },
    look: () => facts,
    close: () => undefined,
  };
}
