import { readFileSync, statSync } from 'node:fs';
import type { NetworkTable } from './network-table.ts';
import { parseIpListNow } from './parse-ip-list.ts';

/** The list of a file as it is on the disk, read again only after a change; `null` if it cannot be used, which `load` tells better. */
export class PeekedList {
  private readonly path: string;
  private seen = '';
  private table: NetworkTable | null = null;

  constructor(path: string) {
    this.path = path;
  }

  read(): NetworkTable | null {
    try {
      const { mtimeMs, size, ino } = statSync(this.path);
      const seen = `${mtimeMs} ${size} ${ino}`;
      if (seen === this.seen) return this.table;
      this.table = parseIpListNow(readFileSync(this.path, 'utf8')).table;
      this.seen = seen;
      return this.table;
    } catch {
      return null; // a file that cannot be read is no list
    }
  }
}
