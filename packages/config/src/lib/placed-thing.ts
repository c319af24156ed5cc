import type { ManagedThing } from '@windhover/core/feature';

/** Something that administrators may see and change, and where it stands in the configuration. */
export interface PlacedThing {
  readonly thing: ManagedThing;
  /** That of the thing, with a number if others of its kind have it too. */
  readonly name: string;
  /** For example `upstreams.shop`. */
  readonly place: string;
}
