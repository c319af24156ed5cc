import type { Clock } from '@windhover/core';
import type { ApiAuditEntry } from './api-types.ts';

/** For how long refusals of one user are counted together, in milliseconds. */
const periodMs = 60_000;
/** So many refusals of one user are told one by one in a period. */
const maxOfUser = 10;
/** Further users of a period are counted as one. */
const maxUsers = 20;

/** The refusals of one user in the present period. */
interface Count {
  told: number;
  more: number;
  last: ApiAuditEntry;
}

/** Lets few refusals of each user through and counts the others, so that nobody washes other entries away by being refused. */
export class RefusalLimit {
  private readonly clock: Pick<Clock, 'schedule'>;
  private readonly tell: (entry: ApiAuditEntry) => void;
  private readonly counts = new Map<string, Count>();
  private cancel: (() => void) | null = null;

  /** @param tell takes the entries that are to be kept */
  constructor(clock: Pick<Clock, 'schedule'>, tell: (entry: ApiAuditEntry) => void) {
    this.clock = clock;
    this.tell = tell;
  }

  add(entry: ApiAuditEntry): void {
    const own = `${entry.client} ${entry.user}`;
    const key = this.counts.has(own) || this.counts.size < maxUsers ? own : '';
    const count = this.counts.get(key) ?? { told: 0, more: 0, last: entry };
    this.counts.set(key, count);
    this.cancel ??= this.clock.schedule(periodMs, () => this.flush());
    count.last = entry;
    if (count.told < maxOfUser) {
      count.told += 1;
      this.tell(entry);
    } else count.more += 1;
  }

  /** Tells how many more there were, and begins a new period. */
  flush(): void {
    this.cancel?.();
    this.cancel = null;
    const counts = [...this.counts];
    this.counts.clear();
    for (const [key, { more, last }] of counts) {
      const detail = `and ${more.toLocaleString('en-US')} more refusals within a minute, the last one: ${last.detail}`;
      if (more > 0) this.tell({ ...last, ...(key === '' ? { user: '', client: 'several' } : {}), detail });
    }
  }
}
