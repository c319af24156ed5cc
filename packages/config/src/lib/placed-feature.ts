import type { Feature, FeatureInstance } from '@windhover/core/feature';
import type { ConfigPath } from './config-path.ts';

/** A place of the configuration that names a feature. */
export interface PlacedFeature {
  readonly feature: Feature<unknown>;
  /** The path of its options, for example `['sites', 'demo', 'routes', 0, 'proxy']`. */
  readonly path: ConfigPath;
  /** `null` if the configuration says `false`, which removes the instances of outer levels. */
  readonly instance: FeatureInstance | null;
  /** The entry of `plugins` that the feature comes from. Default: it comes with the distribution. */
  readonly plugin?: string;
}
