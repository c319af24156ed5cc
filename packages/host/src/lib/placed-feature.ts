import type { Feature, FeatureInstance } from '@windhover/core/feature';
import type { ConfigPath } from './config-path.ts';

/** A place of the configuration that names a feature. */
export interface PlacedFeature {
  readonly feature: Feature<unknown>;
  /** Of its options: `['sites', 'demo', 'routes', 0, 'proxy']`. */
  readonly path: ConfigPath;
  /** `null` where the configuration says `false`: it takes away what outer levels have. */
  readonly instance: FeatureInstance | null;
}
