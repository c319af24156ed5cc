import type { ApiAuditEntry } from './api-types.ts';

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

/** Remembers who did what. */
export class AuditLog {
  private readonly entries: ApiAuditEntry[];
  private readonly sink: AuditSink | null;
  private readonly tell: (entry: ApiAuditEntry) => void;

  constructor(sink: AuditSink | null, tell: (entry: ApiAuditEntry) => void) {
    this.sink = sink;
    this.tell = tell;
    this.entries = (sink?.earlier ?? []).slice(-maxEntries).flatMap(readEntry);
  }

  add(given: ApiAuditEntry): void {
    const { user, target, detail } = given;
    const entry = { ...given, user: cut(user), target: cut(target), detail: cut(detail) };
    this.entries.push(entry);
    if (this.entries.length > maxEntries) this.entries.shift();
    this.sink?.write(`${JSON.stringify(entry)}\n`);
    this.tell(entry);
  }

  /** The newest first. */
  newest(count: number): readonly ApiAuditEntry[] {
    return this.entries.slice(-count).reverse();
  }
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
