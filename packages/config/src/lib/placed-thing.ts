import type { ManagedThing } from '@windhover/core/feature';

/** Something that administrators may see and change, and where it stands in the configuration. */
export interface PlacedThing {
  readonly thing: ManagedThing;
  /** For example `upstreams.shop`. */
  readonly place: string;
}
