import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Clock, type Logger, systemClock } from '@windhover/core';
import { anyText, checkOptions, milliseconds, type Rules, trueOrFalse, withFunctions } from '@windhover/options';
import { ipFilterError, optionError } from './errors.ts';
import type { IpList } from './ip-list.ts';
import type { NetworkTable } from './network-table.ts';
import { PeekedList } from './peeked-list.ts';
import { usableList } from './usable-list.ts';

/** Options of `ipListFile`. */
export interface IpListFileOptions {
  /** How often the file is looked at, while there are requests. Default: 1,000. */
  readonly checkMs?: number;
  /** Whether an empty list may follow one that was not: it is more often a file that was just cut. Default: false. */
  readonly mayBeEmpty?: boolean;
  /** Is told of every change, and of a file that cannot be used. Default: the console. */
  readonly log?: Pick<Logger, 'info' | 'error'>;
  /** Default: the system's. */
  readonly clock?: Pick<Clock, 'now'>;
}

/** A list of a file. */
export interface IpListFile extends IpList {
  /** Reads the file. Rejects with `IP_FILTER_LIST_UNREADABLE`, or `IP_FILTER_LIST_INVALID` with the lines that cannot be used. */
  load(): Promise<void>;
}

const optionRules: Rules<IpListFileOptions> = {
  checkMs: milliseconds('above 0'),
  mayBeEmpty: trueOrFalse,
  log: withFunctions(['info', 'error']),
  clock: withFunctions(['now']),
};

/**
 * A list in a file: an address or a network in each line, `#` and `;` begin comments. A change takes effect as a whole within `checkMs`; a file
 * that cannot be used, or is empty now, is logged, and the old list stays. A file whose last line does not end may still be in the making: its
 * change takes effect when two looks have found the same. Call `load` before the first request. Throws `IP_FILTER_OPTION_INVALID`.
 */
export function ipListFile(path: string, options: IpListFileOptions = {}): IpListFile {
  const fault = anyText.fault(path, 'path');
  if (fault !== null) throw optionError(fault);
  checkOptions(options, optionRules, optionError);
  return new FileList(path, options);
}

class FileList implements IpListFile {
  readonly name: string;
  table: NetworkTable | null = null;
  private readonly path: string;
  private readonly checkMs: number;
  private readonly mayBeEmpty: boolean;
  private readonly log: Pick<Logger, 'info' | 'error'>;
  private readonly clock: Pick<Clock, 'now'>;
  private peeked: PeekedList | null = null;
  private seen = '';
  /** The file that was seen last, if its last line had no end. */
  private unended = '';
  private isUsable = false;
  private lookAt = Number.NEGATIVE_INFINITY;
  private looking: Promise<void> | null = null;

  constructor(
    path: string,
    { checkMs = 1000, mayBeEmpty = false, log = console, clock = systemClock }: IpListFileOptions,
  ) {
    this.name = basename(path);
    this.path = path;
    this.checkMs = checkMs;
    this.mayBeEmpty = mayBeEmpty;
    this.log = log;
    this.clock = clock;
  }

  async load(): Promise<void> {
    if (!this.isUsable) this.seen = ''; // somebody who asks again must hear of the fault again
    await this.read();
  }

  peek(): NetworkTable | null {
    this.peeked ??= new PeekedList(this.path);
    return this.peeked.read();
  }

  look(): void {
    if (this.looking !== null || this.clock.now() < this.lookAt) return;
    this.looking = this.reload().finally(() => {
      this.looking = null;
    });
  }

  private async reload(): Promise<void> {
    const before = this.table;
    try {
      await this.read();
      if (this.table !== before)
        this.log.info('A list of addresses was read again', { file: this.path, networks: this.table!.size });
    } catch (error) {
      this.log.error('A list of addresses stays as it was', { file: this.path, error });
    }
  }

  /** Reads the file if it is not the one that was seen last. A file that cannot be used is read once. */
  private async read(): Promise<void> {
    this.lookAt = this.clock.now() + this.checkMs;
    let text: string;
    let seen: string;
    try {
      const { mtimeMs, size, ino } = await stat(this.path);
      seen = `${mtimeMs} ${size} ${ino}`;
      if (seen === this.seen) return;
      this.isUsable = false;
      text = await readFile(this.path, 'utf8');
      this.seen = seen;
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      if (code === this.seen && this.table !== null) return; // told once
      this.isUsable = false;
      this.seen = code;
      throw ipFilterError('IP_FILTER_LIST_UNREADABLE', `${code} at ${this.path}`, error);
    }
    const isEnded = text === '' || text.endsWith('\n');
    if (!isEnded && this.table !== null && this.unended !== seen) {
      this.unended = seen;
      this.seen = ''; // it is looked at again
      return;
    }
    this.table = await usableList(text, this.path, this.mayBeEmpty ? null : this.table);
    this.isUsable = true;
    this.peeked = null; // nobody asks for it from here on
  }
}
