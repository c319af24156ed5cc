import type { ConfigDisk } from './config-disk.ts';
import { realDisk } from './config-disk.ts';

type Read = Awaited<ReturnType<ConfigDisk['read']>>;

/** Everything that was read of a configuration. It can be sent to another process as JSON, which then reads the same. */
export interface ConfigSnapshot {
  /** By name, as it was asked for. */
  readonly texts: Readonly<Record<string, Read>>;
  /** By pattern and folder, as JSON. */
  readonly found: Readonly<Record<string, readonly string[]>>;
}

/** A disk that remembers what was read from it. */
export interface RecordingDisk extends ConfigDisk {
  snapshot(): ConfigSnapshot;
}

/** Creates a disk that remembers what was read. Each file is read once, so that a change meanwhile is not seen by half. */
export function recordDisk(disk: ConfigDisk = realDisk): RecordingDisk {
  const texts = new Map<string, Promise<Read>>();
  const found = new Map<string, Promise<readonly string[]>>();
  let snapshot: ConfigSnapshot = { texts: {}, found: {} };
  return {
    async read(file) {
      const reading = texts.get(file) ?? disk.read(file);
      texts.set(file, reading);
      const read = await reading;
      snapshot = { ...snapshot, texts: { ...snapshot.texts, [file]: read } };
      return read;
    },
    async find(pattern, folder) {
      const key = JSON.stringify([pattern, folder]);
      const finding = found.get(key) ?? disk.find(pattern, folder);
      found.set(key, finding);
      const names = await finding;
      snapshot = { ...snapshot, found: { ...snapshot.found, [key]: names } };
      return names;
    },
    snapshot: () => snapshot,
  };
}

/** The disk as it was when the snapshot was taken. A file that is not part of it is read from the real one. */
export function diskOf({ texts, found }: ConfigSnapshot): ConfigDisk {
  return {
    read: async (file) => (Object.hasOwn(texts, file) ? texts[file]! : realDisk.read(file)),
    async find(pattern, folder) {
      const key = JSON.stringify([pattern, folder]);
      return Object.hasOwn(found, key) ? found[key]! : realDisk.find(pattern, folder);
    },
  };
}
