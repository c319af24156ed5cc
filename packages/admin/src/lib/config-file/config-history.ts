import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigChange } from '../admin-target.ts';
import type { ApiEdition } from '../api-types.ts';

/** A text that was used. */
export interface StoredEdition extends Omit<ApiEdition, 'isCurrent' | 'edition'> {
  readonly text: string;
}

const idPattern = /^[0-9]{8}T[0-9]{9}Z-[0-9a-f]{8}$/;

/** Keeps the texts of a configuration, each as a file of JSON in a folder that only its owner can read: they may hold secrets. */
export class ConfigHistory {
  private readonly folder: string;
  private readonly keep: number;

  constructor(folder: string, keep: number) {
    this.folder = folder;
    this.keep = keep;
  }

  /** Adds a text and removes the oldest ones. */
  async add(text: string, { user, note }: ConfigChange, now: number): Promise<StoredEdition> {
    const hash = hashOf(text);
    const taken = await this.ids();
    let at = now;
    const idAt = (): string => `${new Date(at).toISOString().replace(/[-:.]/g, '')}-${hash.slice(0, 8)}`;
    while (taken.length > 0 && idAt() <= taken[0]!) at = Math.max(at, timeOf(taken[0]!)) + 1; // ids are in the order of time
    const edition: StoredEdition = { id: idAt(), at, user, note, hash, text };
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const beside = join(this.folder, `.${edition.id}.new`);
    await writeFile(beside, JSON.stringify(edition), { mode: 0o600 });
    await rename(beside, this.fileOf(edition.id));
    for (const old of taken.slice(this.keep - 1)) await rm(this.fileOf(old), { force: true });
    return edition;
  }

  /** The newest first. */
  async list(): Promise<readonly StoredEdition[]> {
    const read = await Promise.all((await this.ids()).map((id) => this.get(id)));
    return read.filter((edition) => edition !== null);
  }

  /** `null`: there is none of that id. */
  async get(id: string): Promise<StoredEdition | null> {
    if (!idPattern.test(id)) return null;
    try {
      return JSON.parse(await readFile(this.fileOf(id), 'utf8')) as StoredEdition;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null;
      throw error;
    }
  }

  async newest(): Promise<StoredEdition | null> {
    for (const id of await this.ids()) {
      const edition = await this.get(id);
      if (edition !== null) return edition;
    }
    return null;
  }

  private async ids(): Promise<readonly string[]> {
    const names = await readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names
      .map((name) => name.replace(/\.json$/, ''))
      .filter((id) => idPattern.test(id))
      .sort()
      .reverse();
  }

  private fileOf(id: string): string {
    return join(this.folder, `${id}.json`);
  }
}

/** Names a text, so that a change can say what it replaces. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function timeOf(id: string): number {
  const [, date, time, ms] = /^([0-9]{8})T([0-9]{6})([0-9]{3})Z/.exec(id)!;
  const iso = `${date!.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time!.replace(/(..)(..)(..)/, '$1:$2:$3')}.${ms}Z`;
  return Date.parse(iso);
}
