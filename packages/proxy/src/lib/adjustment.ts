/** What somebody has changed of an upstream while it runs. */
export interface Adjustment {
  /** Its share of the requests, above 0. Default: that of the list. */
  readonly weight?: number;
  /** Whether it gets only requests that are bound to it. Default: as the list says. */
  readonly drain?: boolean;
}
