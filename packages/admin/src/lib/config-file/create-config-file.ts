import { readFile } from 'node:fs/promises';
import { type Clock, HttpError, systemClock } from '@windhover/core';
import type { AdminConfig, ConfigChange } from '../admin-target.ts';
import type { ApiApplied, ApiConfig, ApiConfigState, ApiEdition, ApiValidation } from '../api-types.ts';
import { ConfigRefused } from '../config-refused.ts';
import { adminError } from '../errors.ts';
import { ConfigHistory, hashOf } from './config-history.ts';

/** What `createConfigFile` works with. */
export interface ConfigFileOptions {
  readonly file: string;
  /** The folder of earlier texts; `null`: none are kept. */
  readonly history: string | null;
  /** How many earlier texts are kept. Default: 50. */
  readonly keep?: number;
  /**
   * Replaces the text of the file at once. If its present text is not `before`, somebody has edited it meanwhile: throw
   * `ADMIN_CONFIG_CHANGED` then, best where nobody can come between.
   */
  write(text: string, before: string): void | Promise<void>;
  /** Looks at a text without using it. */
  validate(text: string): Promise<ApiValidation>;
  /** Uses what the file says now. Rejects if that changed nothing, with the reason. */
  reload(): Promise<void>;
  state(): ApiConfigState;
  /** Whether the file was used as it is now: while the program starts, or after a reload that failed, it is not. Default: it was. */
  isUsed?(): boolean;
  /** Why the file cannot be edited; `null`: it can. Default: it can. */
  readOnly?(): string | null;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** Who changed the file without the API. */
const byHand: ConfigChange = { user: '', note: 'edited by hand' };
const neverUsed: ConfigChange = { user: '', note: 'edited by hand, never in effect' };
const first: ConfigChange = { user: '', note: 'the first one' };

/** The configuration of a file, with the texts of before. */
export interface ConfigFile extends AdminConfig {
  /** Keeps the present text, if it is in use, when somebody has edited the file since the last one. Call it after the start and after each reload. */
  notice(): Promise<void>;
}

/** Creates it. One change after the other. */
export function createConfigFile(options: ConfigFileOptions): ConfigFile {
  return new FileConfig(options);
}

class FileConfig implements ConfigFile {
  private readonly options: ConfigFileOptions;
  private readonly kept: ConfigHistory | null;
  private readonly clock: Clock;
  /** The numbers of the editions that have taken effect since the program started, by their ids. */
  private readonly numbers = new Map<string, number>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(options: ConfigFileOptions) {
    this.options = options;
    this.kept = options.history === null ? null : new ConfigHistory(options.history, options.keep ?? 50);
    this.clock = options.clock ?? systemClock;
  }

  async read(): Promise<ApiConfig> {
    const text = await this.text();
    return { ...this.options.state(), text, hash: hashOf(text), readOnly: this.options.readOnly?.() ?? null };
  }

  validate(text: string): Promise<ApiValidation> {
    return this.options.validate(text);
  }

  apply(text: string, hash: string, change: ConfigChange): Promise<ApiApplied> {
    return this.next(async () => {
      const before = await this.text();
      if (hashOf(before) !== hash) throw adminError('ADMIN_CONFIG_CHANGED', 'read it again');
      return this.use(text, before, change);
    });
  }

  async history(): Promise<readonly ApiEdition[]> {
    await this.notice();
    const hash = hashOf(await this.text());
    const editions = (await this.kept?.list()) ?? [];
    const current = editions.find((edition) => edition.hash === hash);
    return editions.map(({ text: _, ...edition }) => ({
      ...edition,
      edition: this.numbers.get(edition.id) ?? null,
      isCurrent: edition.id === current?.id,
    }));
  }

  async edition(id: string): Promise<string | null> {
    return (await this.kept?.get(id))?.text ?? null;
  }

  rollback(id: string, hash: string, { user, note }: ConfigChange): Promise<ApiApplied> {
    return this.next(async () => {
      const text = await this.edition(id);
      if (text === null) throw adminError('ADMIN_UNKNOWN', `the edition ${JSON.stringify(id)}`);
      const before = await this.text();
      if (hashOf(before) !== hash) throw adminError('ADMIN_CONFIG_CHANGED', 'read it again');
      return this.use(text, before, { user, note: note === '' ? `back to ${id}` : note });
    });
  }

  notice(): Promise<void> {
    return this.next(async () => {
      if (this.options.isUsed?.() !== false) await this.noticeText(await this.text());
    });
  }

  private async use(text: string, before: string, change: ConfigChange): Promise<ApiApplied> {
    const { validate, reload, state, readOnly } = this.options;
    const obstacle = readOnly?.() ?? null;
    if (obstacle !== null) throw adminError('ADMIN_CONFIG_READ_ONLY', obstacle);
    const validation = await validate(text);
    if (!validation.ok) throw new ConfigRefused(validation);
    const wasUsed = this.options.isUsed?.() !== false;
    await this.noticeText(before, wasUsed);
    await this.replace(text, before);
    try {
      await reload();
    } catch (error) {
      await this.replace(before, text).catch(passIfChanged); // somebody has written another one meanwhile
      throw refusal((error as Error).message);
    }
    await this.keep(text, change, true);
    return { edition: state().edition, hash: hashOf(text) };
  }

  private async replace(text: string, before: string): Promise<void> {
    if ((await this.text()) !== before) throw adminError('ADMIN_CONFIG_CHANGED', 'read it again');
    await this.options.write(text, before);
  }

  private async noticeText(text: string, isUsed = true): Promise<void> {
    const newest = (await this.kept?.newest()) ?? null;
    if (newest?.hash !== hashOf(text))
      await this.keep(text, !isUsed ? neverUsed : newest === null ? first : byHand, isUsed);
    else if (isUsed) this.numbers.set(newest.id, this.options.state().edition);
  }

  private async keep(text: string, change: ConfigChange, isUsed: boolean): Promise<void> {
    const kept = await this.kept?.add(text, change, this.clock.now());
    if (kept !== undefined && isUsed) this.numbers.set(kept.id, this.options.state().edition);
  }

  private text(): Promise<string> {
    return readFile(this.options.file, 'utf8');
  }

  private next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined); // the caller hears of it
    return done;
  }
}

function passIfChanged(error: unknown): void {
  if (!HttpError.is(error) || error.code !== 'ADMIN_CONFIG_CHANGED') throw error;
}

/** The text is right, and the server could not use it: a port is taken, for example. */
function refusal(message: string): ConfigRefused {
  return new ConfigRefused({
    ok: false,
    problems: [{ message, path: '', line: null, column: null, isWarning: false }],
  });
}
