import { readFile, stat } from 'node:fs/promises';
import type { Clock, Logger } from '@windhover/core';
import { authError } from '../errors.ts';

/** How often the file is looked at, while there are requests. */
const lookEveryMs = 1000;

/** What a file held. */
export interface FileContent<T> {
  readonly value: T;
  /** Why the content cannot be used; empty if it can. */
  readonly faults: readonly string[];
}

/** The parts of a `WatchedFile` that programs may replace. */
export interface WatchedFileOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Logger, 'info' | 'error'> | undefined;
}

/**
 * A file that is read again when it has changed. It is looked at when somebody asks, once in a second at most: no
 * timer, and it works on every file system. A file that cannot be used is logged, and the content stays as it was.
 */
export class WatchedFile<T> {
  /** What the file held the last time it could be used. */
  value: T;
  /** Changes with the value. */
  version = 0;
  private seen = '';
  private lookAt = Number.NEGATIVE_INFINITY;
  private looking: Promise<void> | null = null;
  private failure: Error | null = null;
  private readonly path: string;
  private readonly parse: (text: string) => FileContent<T>;
  private readonly options: WatchedFileOptions;

  constructor(path: string, empty: T, parse: (text: string) => FileContent<T>, options: WatchedFileOptions) {
    this.path = path;
    this.value = empty;
    this.parse = parse;
    this.options = options;
  }

  /** Reads the file. Rejects with `AUTH_USERS_UNREADABLE`. */
  async load(): Promise<void> {
    this.seen = '';
    await this.read();
  }

  /** Whether the file could be used at least once. */
  get isLoaded(): boolean {
    return this.version > 0;
  }

  /** Looks at the file if the last time was long ago. */
  look(): void {
    if (!this.isLoaded || this.looking !== null || this.options.clock.now() < this.lookAt) return;
    const { log } = this.options;
    const before = this.version;
    this.looking = this.read()
      .then(
        () => {
          if (this.version !== before) log?.info('The users were read again', { file: this.path });
        },
        (error: Error) => log?.error('The users stay as they were', { file: this.path, error }),
      )
      .finally(() => {
        this.looking = null;
      });
  }

  /**
   * Resolves once the file was looked at, if somebody is doing that. Loads a file that nobody has loaded, and rejects with
   * `AUTH_USERS_MISSING` as long as it cannot be used.
   */
  async looked(): Promise<void> {
    if (!this.isLoaded) return this.loadAtFirstUse();
    this.look();
    await this.looking;
  }

  private async loadAtFirstUse(): Promise<void> {
    if (this.looking === null && this.options.clock.now() >= this.lookAt) {
      this.looking = this.load()
        .catch((error: Error) => this.tellFailure(error))
        .finally(() => {
          this.looking = null;
        });
    }
    await this.looking;
    if (!this.isLoaded) throw authError('AUTH_USERS_MISSING', 'the file could not be read', this.failure);
  }

  /** Once for each reason, since every request finds it again. */
  private tellFailure(error: Error): void {
    if (this.failure?.message === error.message) return;
    this.failure = error;
    this.options.log?.error('Nobody can log in', { file: this.path, error });
  }

  private async read(): Promise<void> {
    this.lookAt = this.options.clock.now() + lookEveryMs;
    const { mtimeMs, size, ino } = await stat(this.path).catch((error: unknown) => this.fail('cannot be read', error));
    const seen = `${mtimeMs} ${size} ${ino}`;
    if (seen === this.seen) return;
    this.seen = seen; // also of a file that cannot be used, which is told once
    const text = await readFile(this.path, 'utf8').catch((error: unknown) => this.fail('cannot be read', error));
    const { value, faults } = this.parse(text);
    if (faults.length > 0) this.fail(faults.slice(0, 5).join('; '));
    this.value = value;
    this.version += 1;
  }

  private fail(why: string, cause?: unknown): never {
    throw authError('AUTH_USERS_UNREADABLE', `${this.path}: ${why}`, cause);
  }
}
