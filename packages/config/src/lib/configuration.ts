import type { Lifecycle } from '@windhover/core/feature';
import type { ListenAddress } from './listen-address.ts';
import type { PlacedFeature } from './placed-feature.ts';
import type { PlacedThing } from './placed-thing.ts';
import type { RouteRule } from './route-rule.ts';
import type { Sections, SectionValues } from './sections.ts';
import type { TrackedWork } from './tracked-work.ts';

/** A path of a site, its conditions, and the features that answer it. */
export interface RouteConfig extends RouteRule {
  /** The feature that answers, and the features around it for this route only. */
  readonly features: readonly PlacedFeature[];
}

/** A group of hosts and their routes. */
export interface SiteConfig {
  readonly name: string;
  /** In canonical form; empty for a site that answers hosts that no other site names. */
  readonly hosts: readonly string[];
  readonly features: readonly PlacedFeature[];
  readonly routes: readonly RouteConfig[];
}

/** An address on which the server listens, and the features that work on its connections. */
export interface ListenerConfig {
  readonly address: ListenAddress;
  readonly features: readonly PlacedFeature[];
}

/** A valid configuration, with an instance for every place that names a feature. */
export interface Configuration<S extends Sections = Sections> {
  readonly file: string;
  /** Whether the distribution has one implicit site. If so, `features` holds all features, and `sites` and `listeners` are empty. */
  readonly oneSite: boolean;
  readonly sections: SectionValues<S>;
  readonly listeners: readonly ListenerConfig[];
  /** Features that the distribution puts around everything, although the configuration does not name them. */
  readonly defaults: readonly PlacedFeature[];
  /** Features around every site. */
  readonly features: readonly PlacedFeature[];
  readonly sites: readonly SiteConfig[];
  /** The site for hosts that no site names: the named default, or the only site if it has no `hosts`. `null`: such requests get 421. */
  readonly defaultSite: string | null;
  /** What its features let administrators see and change. */
  readonly managed: readonly PlacedThing[];
  /** Work that its features continue after the answers. */
  readonly work: TrackedWork;
  /** Prepares features and resources in the order they were made. If one fails, all are disposed of and the error is thrown. */
  prepare(): Promise<void>;
  /** Tells all features and resources that they are in use. */
  commit(): void;
  /**
   * Disposes of everything once, in reverse order, then releases its leases. A failure does not stop the rest; all failures are thrown
   * together at the end.
   */
  dispose(): Promise<void>;
}

/** Disposes of all in reverse order, even if some fail, and returns the failures. */
export async function disposeAll(lifecycles: readonly Lifecycle[]): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  for (const each of [...lifecycles].reverse()) {
    try {
      await each.dispose?.();
    } catch (error) {
      failures.push(error);
    }
  }
  return failures;
}
