import type { Lifecycle } from '@windhover/core/feature';
import type { Sections, SectionValues } from './define-host.ts';
import type { ListenAddress } from './listen-address.ts';
import type { PlacedFeature } from './placed-feature.ts';
import type { RouteRule } from './route-rule.ts';
import type { TrackedWork } from './tracked-work.ts';

/** A path of a site, with its conditions, and what answers it. */
export interface RouteConfig extends RouteRule {
  /** What answers, and what stands around it for this route only. */
  readonly features: readonly PlacedFeature[];
}

/** A group of hosts and their routes. */
export interface SiteConfig {
  readonly name: string;
  /** Canonical; empty for a site that answers whatever no other names. */
  readonly hosts: readonly string[];
  readonly features: readonly PlacedFeature[];
  readonly routes: readonly RouteConfig[];
}

/** Where the server listens, and what works on the connections that arrive there. */
export interface ListenerConfig {
  readonly address: ListenAddress;
  readonly features: readonly PlacedFeature[];
}

/** A configuration that is valid, with an instance for every place that names a feature. */
export interface Configuration<S extends Sections = Sections> {
  readonly file: string;
  /** Whether the distribution has one site that is not written down: then `features` are all there are, and `sites` and `listeners` are empty. */
  readonly oneSite: boolean;
  readonly sections: SectionValues<S>;
  readonly listeners: readonly ListenerConfig[];
  /** What the distribution puts around everything although nobody names it. */
  readonly defaults: readonly PlacedFeature[];
  /** What stands around every site. */
  readonly features: readonly PlacedFeature[];
  readonly sites: readonly SiteConfig[];
  /** The site for hosts that nobody names: the one that was named, or a site alone without `hosts`. `null`: they get 421. */
  readonly defaultSite: string | null;
  /** Work of its features that goes on after the answers. */
  readonly work: TrackedWork;
  /** Opens what features and resources need, in the order they were made. When one fails, all are disposed of and the failure is thrown. */
  prepare(): Promise<void>;
  /** Tells all that they are in use. */
  commit(): void;
  /** Lets go of everything, once, in reverse order, and of its leases at last. All get their turn; failures are thrown together at the end. */
  dispose(): Promise<void>;
}

/** Disposes in reverse order, all of them whatever happens; gives back the failures. */
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
