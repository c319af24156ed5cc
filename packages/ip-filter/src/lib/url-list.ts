import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type Clock, type Logger, systemClock } from '@windhover/core';
import {
  anyObject,
  anyText,
  checkOptions,
  milliseconds,
  type Rules,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import { ipFilterError, optionError } from './errors.ts';
import { fetchList } from './fetch-list.ts';
import type { IpList } from './ip-list.ts';
import type { NetworkTable } from './network-table.ts';
import { PeekedList } from './peeked-list.ts';
import { usableList } from './usable-list.ts';

/** Options of `ipListUrl`. */
export interface IpListUrlOptions {
  /** How often the list is asked for, while there are requests. Default: an hour. */
  readonly everyMs?: number;
  /** How long the answer may take, from the first to the last byte. Default: 10,000. */
  readonly timeoutMs?: number;
  /** The longest list. Default: 33,554,432 (32 MiB), about two million addresses. */
  readonly maxBytes?: number;
  /** Whether an empty list may follow one that was not: it is more often a mistake of the server. Default: false. */
  readonly mayBeEmpty?: boolean;
  /** A file with the last good copy: it is used if the server cannot be reached at the start. Default: none. */
  readonly copy?: string | null;
  /** Fields of the request, for example with a key. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Authorities that sign the server's certificate, PEM. Default: those that come with Node. */
  readonly ca?: string;
  /** Is told of every change, and of failures. Default: the console. */
  readonly log?: Pick<Logger, 'info' | 'error'>;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** A list that a server has. */
export interface IpListUrl extends IpList {
  /**
   * Fetches the list, or reads its copy. If there is a list already and it cannot be fetched again, it stays. Rejects with `IP_FILTER_LIST_UNREADABLE`, or `IP_FILTER_LIST_INVALID` with the lines that cannot be
   * used.
   */
  load(): Promise<void>;
}

const optionRules: Rules<IpListUrlOptions> = {
  everyMs: milliseconds('above 0'),
  timeoutMs: milliseconds('above 0'),
  maxBytes: wholeNumber(1),
  mayBeEmpty: trueOrFalse,
  copy: { ...anyText, fault: (value, path) => (value === null ? null : anyText.fault(value, path)) },
  headers: anyObject,
  ca: anyText,
  log: withFunctions(['info', 'error']),
  clock: withFunctions(['now', 'schedule']),
};

/**
 * A list from a URL: an address or a network in each line. It is asked for every hour while there are requests, with the tag that it had last; the
 * old list stays until a new one is complete and valid: a body that only the end of the connection ends is not, and neither is an empty list
 * after one that was not. Call `load` before the first request. Throws `IP_FILTER_OPTION_INVALID`.
 */
export function ipListUrl(url: string | URL, options: IpListUrlOptions = {}): IpListUrl {
  const parsed = URL.canParse(String(url)) ? new URL(String(url)) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '')
    throw optionError('url: expected https:// or http:// without a password');
  checkOptions(options, optionRules, optionError);
  return new UrlList(parsed, options);
}

class UrlList implements IpListUrl {
  readonly name: string;
  table: NetworkTable | null = null;
  private readonly url: URL;
  private readonly options: IpListUrlOptions;
  private readonly log: Pick<Logger, 'info' | 'error'>;
  private readonly clock: Clock;
  private peeked: PeekedList | null = null;
  private etag: string | null = null;
  private askAt = Number.NEGATIVE_INFINITY;
  private asking: Promise<void> | null = null;

  constructor(url: URL, options: IpListUrlOptions) {
    this.name = `${url.origin}${url.pathname}`; // a query may hold a key
    this.url = url;
    this.options = options;
    this.log = options.log ?? console;
    this.clock = options.clock ?? systemClock;
  }

  async load(): Promise<void> {
    try {
      await this.fetch();
    } catch (error) {
      const { copy = null } = this.options;
      if (this.table !== null) {
        this.log.error('A list of addresses stays as it was', { url: this.name, error });
        return;
      }
      if (copy === null || !(await this.readCopy(copy))) throw error;
      this.log.error('A list of addresses cannot be fetched: its last copy is used', { url: this.name, copy, error });
    }
  }

  /** What the copy has. */
  peek(): NetworkTable | null {
    const { copy = null } = this.options;
    if (copy === null) return null;
    this.peeked ??= new PeekedList(copy);
    return this.peeked.read();
  }

  look(): void {
    if (this.asking !== null || this.clock.now() < this.askAt) return;
    this.asking = this.refresh().finally(() => {
      this.asking = null;
    });
  }

  private async refresh(): Promise<void> {
    const before = this.table;
    try {
      await this.fetch();
      if (this.table !== before)
        this.log.info('A list of addresses was fetched again', { url: this.name, networks: this.table!.size });
    } catch (error) {
      this.log.error('A list of addresses stays as it was', { url: this.name, error });
    }
  }

  private async fetch(): Promise<void> {
    const {
      everyMs = 3_600_000,
      timeoutMs = 10_000,
      maxBytes = 33_554_432,
      headers = {},
      ca,
      copy = null,
    } = this.options;
    this.askAt = this.clock.now() + everyMs;
    const { clock, etag } = this;
    const fetched = await fetchList(this.url, { timeoutMs, maxBytes, headers, ca, clock, etag }).catch(
      (error: Error) => {
        throw ipFilterError('IP_FILTER_LIST_UNREADABLE', `${this.name}: ${error.message}`, error);
      },
    );
    if (fetched === null) return;
    await this.use(fetched.text, copy);
    this.etag = fetched.etag;
    if (copy !== null) await this.keepCopy(copy, fetched.text);
  }

  private async use(text: string, copy: string | null): Promise<void> {
    const { mayBeEmpty = false } = this.options;
    const old = mayBeEmpty ? null : (this.table ?? (copy === null ? null : await this.listOfCopy(copy)));
    this.table = await usableList(text, this.name, old);
    this.peeked = null; // nobody asks for it from here on
  }

  private async readCopy(copy: string): Promise<boolean> {
    this.table = await this.listOfCopy(copy);
    return this.table !== null;
  }

  private async listOfCopy(copy: string): Promise<NetworkTable | null> {
    try {
      return await usableList(await readFile(copy, 'utf8'), copy, null);
    } catch {
      return null; // there is none yet, or it cannot be used: the failure of the fetch says more
    }
  }

  /** Written beside and moved, so that a copy is always whole. */
  private async keepCopy(copy: string, text: string): Promise<void> {
    const temporary = `${copy}.${process.pid}`;
    try {
      await writeFile(temporary, text, { mode: 0o600 });
      await rename(temporary, copy);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      this.log.error('The copy of a list of addresses cannot be written', { copy, error });
    }
  }
}
