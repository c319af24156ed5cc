import type { Clock } from '@windhover/core';
import type { ApiAuditEntry } from './api-types.ts';
import { RefusalLimit } from './refusal-limit.ts';

/** Where the entries go. */
export interface AuditSink {
  /** Takes an entry as one line of JSON, with its end. */
  write(line: string): void;
  /** The newest lines of before, oldest first. Default: none. */
  readonly earlier?: readonly string[];
}

/** Texts that come from clients are cut here, in characters. */
const maxText = 500;
const maxEntries = 1000;

interface Kept {
  /** Several entries may be of the same millisecond. */
  readonly order: number;
  readonly entry: ApiAuditEntry;
}

/** Remembers who did what. Who was refused is kept apart, and merged, so that it does not take the place of what was done. */
export class AuditLog {
  private readonly done: Kept[] = [];
  /** And what has failed. */
  private readonly refused: Kept[] = [];
  private count = 0;
  private readonly refusals: RefusalLimit;
  private readonly sink: AuditSink | null;
  private readonly tell: (entry: ApiAuditEntry) => void;

  constructor(sink: AuditSink | null, clock: Pick<Clock, 'schedule'>, tell: (entry: ApiAuditEntry) => void) {
    this.sink = sink;
    this.tell = tell;
    this.refusals = new RefusalLimit(clock, (entry) => this.keep(entry));
    for (const entry of (sink?.earlier ?? []).flatMap(readEntry)) this.remember(entry);
  }

  add(given: ApiAuditEntry): void {
    const { user, target, detail } = given;
    const entry = { ...given, user: cut(user), target: cut(target), detail: cut(detail) };
    if (entry.outcome === 'refused') this.refusals.add(entry);
    else this.keep(entry);
  }

  /** Tells of refusals that were only counted so far. */
  close(): void {
    this.refusals.flush();
  }

  private keep(entry: ApiAuditEntry): void {
    this.remember(entry);
    this.sink?.write(`${JSON.stringify(entry)}\n`);
    this.tell(entry);
  }

  /** The newest first. Refusals take no more than half of the places that others need. */
  newest(count: number): readonly ApiAuditEntry[] {
    const refused = newestOf(this.refused, Math.max(Math.ceil(count / 2), count - this.done.length));
    const all = [...newestOf(this.done, count - refused.length), ...refused];
    return all.sort((one, other) => other.order - one.order).map(({ entry }) => entry);
  }

  private remember(entry: ApiAuditEntry): void {
    const ring = entry.outcome === 'done' ? this.done : this.refused;
    ring.push({ order: this.count++, entry });
    if (ring.length > maxEntries) ring.shift();
  }
}

function newestOf(ring: readonly Kept[], count: number): readonly Kept[] {
  return count === 0 ? [] : ring.slice(-count);
}

function cut(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText)}…` : text;
}

/** A line that was cut by a crash, or that somebody has edited, is left out. */
function readEntry(line: string): readonly ApiAuditEntry[] {
  try {
    const entry = JSON.parse(line) as Partial<ApiAuditEntry> | null;
    return typeof entry?.at === 'number' && typeof entry.user === 'string' ? [entry as ApiAuditEntry] : [];
  } catch {
    return [];
  }
}
