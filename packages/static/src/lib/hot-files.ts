import { type HttpRequest, ownString } from '@windhover/core';
import { contentTag } from './content-tags.ts';
import { isSameVersion } from './file-facts.ts';
import type { FoundFile } from './file-source.ts';
import { FixedBody } from './fixed-body.ts';
import type { HotContent, HotFile } from './hot-file.ts';
import type { FileLocation } from './locate-file.ts';
import type { StaticSettings } from './options.ts';
import { readUpTo } from './read-up-to.ts';
import { type ResolvedFile, resolveFile } from './resolve-file.ts';
import { contentFields, freshnessFields, type Representation } from './response-fields.ts';
import { fileValidators, isSettled } from './validators.ts';

/** Limits of the files that are kept in memory. */
export interface CacheLimits {
  readonly maxBytes: number;
  readonly maxFileBytes: number;
  readonly checkMs: number;
}

/** What an entry takes besides its content: fields, names, facts. Measured: about 3 KB. */
const entryBytes = 3072;
/** How many paths are remembered that were asked for once while the memory was full. */
const maxOnce = 4096;

type Headers = HttpRequest['headers'];

const notKept = Promise.resolve(null);

/**
 * Small files that are asked for often, in memory. An entry is checked against the file system at most once per
 * `checkMs`, by one request; meanwhile others are still answered from it. Entries that nobody asked for since the last
 * round are removed first when the memory is full; then a file must be asked for twice to get in, so that a crawler that
 * reads everything once does not drive out what is asked for often.
 */
export class HotFiles {
  private readonly limits: CacheLimits;
  private readonly settings: StaticSettings;
  private readonly files = new Map<string, HotFile>();
  private readonly loads = new Map<string, Promise<HotContent | null>>();
  private readonly once = new Set<string>();
  private bytes = 0;

  constructor(limits: CacheLimits, settings: StaticSettings) {
    this.limits = limits;
    this.settings = settings;
  }

  get(path: string): HotFile | undefined {
    return this.files.get(path);
  }

  /** Whether an entry may answer without a check. */
  isFresh({ checkedAt, check }: HotFile, nowMs: number): boolean {
    const age = nowMs - checkedAt;
    return age >= 0 && age < (check === null ? this.limits.checkMs : 2 * this.limits.checkMs);
  }

  /** Looks at the files of an entry again. Resolves to false if anything is not as it was; the entry is then removed. */
  check(file: HotFile, headers: Headers): Promise<boolean> {
    file.check ??= this.isSame(file, headers).finally(() => {
      file.check = null;
    });
    return file.check;
  }

  /** Reads a file into memory, once for all who ask meanwhile. `null` if it cannot be kept: too large, or just changed. */
  load(
    path: string,
    location: FileLocation,
    found: ResolvedFile,
    index: number,
    representation: Representation,
  ): Promise<HotContent | null> {
    const key = `${index}:${path}`;
    const running = this.loads.get(key);
    if (running !== undefined) return running;
    const file = fileAt(found, index);
    if (!this.mayEnter(path, file.facts.size)) return notKept;
    const load = this.read(file, representation)
      .then((content) => {
        if (content !== null) this.keep(path, location, found, index, content);
        return content;
      })
      .finally(() => this.loads.delete(key));
    this.loads.set(key, load);
    return load;
  }

  private mayEnter(path: string, size: number): boolean {
    const hasRoom = this.bytes + entryBytes + 2 * size <= this.limits.maxBytes;
    if (hasRoom || this.once.delete(path)) return true;
    if (this.once.size >= maxOnce) this.once.clear();
    this.once.add(ownString(path));
    return false;
  }

  private async isSame(file: HotFile, headers: Headers): Promise<boolean> {
    try {
      const now = await resolveFile(file.location, headers, this.settings);
      if (now.kind === 'file' && isSameFile(now, file.found)) {
        file.checkedAt = this.settings.clock.now();
        return true;
      }
    } catch {
      // the request that follows meets the same failure, and reports it
    }
    this.remove(file);
    return false;
  }

  private async read(found: FoundFile, representation: Representation): Promise<HotContent | null> {
    const { settings } = this;
    const nowMs = settings.clock.now();
    if (found.facts.size > this.limits.maxFileBytes || !isSettled(found.facts, nowMs)) return null;
    const file = await found.open();
    if (file === null) return null;
    try {
      const { facts } = file;
      if (!isSameVersion(facts, found.facts) || facts.id !== found.facts.id) return null;
      const bytes = await readUpTo(file, new Uint8Array(facts.size), 0);
      if (bytes.byteLength < facts.size || !isSameVersion(await file.look(), facts)) return null;
      const tag = facts.size > settings.contentTags.maxBytes ? null : contentTag(bytes);
      if (tag !== null) settings.contentTags.remember(facts, tag, nowMs);
      const validators = fileValidators(facts, tag, nowMs);
      const unchangedFields = freshnessFields(representation, validators, settings);
      const fields = [...unchangedFields, ...contentFields(representation, settings)];
      const { coding, vary } = representation;
      return { coding, validators, vary, fields, unchangedFields, body: new FixedBody(bytes) };
    } finally {
      await file.close();
    }
  }

  private keep(path: string, location: FileLocation, found: ResolvedFile, index: number, content: HotContent): void {
    let file = this.files.get(path);
    if (file !== undefined && !isSameFile(file.found, found)) {
      this.remove(file);
      file = undefined;
    }
    if (file === undefined) {
      const { copies } = found;
      const checkedAt = this.settings.clock.now();
      const own = ownString(path); // a path cut from a request would keep its whole head in memory
      file = {
        path: own,
        location: ownLocation(location),
        found,
        copies,
        contents: [],
        bytes: 0,
        isUsed: false,
        checkedAt,
        check: null,
      };
      this.files.set(own, file);
    }
    if (file.contents[index] !== undefined) return;
    file.contents[index] = content;
    const bytes = entryBytes + 2 * content.body.length; // the engine keeps a second copy, as text
    file.bytes += bytes;
    this.bytes += bytes;
    this.makeRoom();
  }

  /** Entries get a second chance if they were asked for since the last round, which costs nothing when they are. */
  private makeRoom(): void {
    for (const [path, file] of this.files) {
      if (this.bytes <= this.limits.maxBytes) return;
      if (!file.isUsed) {
        this.remove(file);
        continue;
      }
      file.isUsed = false;
      this.files.delete(path);
      this.files.set(path, file);
    }
  }

  private remove(file: HotFile): void {
    if (this.files.get(file.path) !== file) return;
    this.files.delete(file.path);
    this.bytes -= file.bytes;
  }
}

/** 0 is the file itself; its copies follow. */
function fileAt({ file, copies }: ResolvedFile, index: number): FoundFile {
  return index === 0 ? file : copies[index - 1]!.file;
}

function isSameFile(one: ResolvedFile, other: ResolvedFile): boolean {
  if (one.names.length !== other.names.length || one.copies.length !== other.copies.length) return false;
  return (
    one.names.every((name, at) => name === other.names[at]) &&
    isSame(one.file, other.file) &&
    one.copies.every(
      ({ coding, file }, at) => coding === other.copies[at]!.coding && isSame(file, other.copies[at]!.file),
    )
  );
}

function isSame({ facts: one }: FoundFile, { facts: other }: FoundFile): boolean {
  return one.id === other.id && isSameVersion(one, other);
}

function ownLocation({ names, hasSlash }: FileLocation): FileLocation {
  return { names: names.map(ownString), hasSlash };
}
