import type { NetworkTable } from './network-table.ts';

/** A list of networks that may change while it is used. */
export interface IpList {
  /** Its name in logs. */
  readonly name: string;
  /** The networks as they are now; `null` before the list was loaded. */
  readonly table: NetworkTable | null;
  /** Is called for each look-up: a list may see here whether it has changed. */
  look(): void;
  /**
   * Reads the networks from the disk at once, to explain a decision before the list was loaded. Changes nothing. `null`: they cannot be read.
   * Default: never asked.
   */
  peek?(): NetworkTable | null;
}
