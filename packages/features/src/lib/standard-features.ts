import type { Feature, ResourceFeature } from '@windhover/core/feature';
import { corsFeature } from './cors.ts';
import { errorPagesFeature } from './error-pages.ts';
import { proxyFeature } from './proxy.ts';
import { requestIdFeature } from './request-id.ts';
import { respondFeature } from './respond.ts';
import { staticFeature } from './static.ts';
import { trustedProxiesFeature } from './trusted-proxies.ts';
import { upstreamsResource } from './upstreams.ts';

/**
 * Every feature that needs nothing of the program around it. Within a phase the first stands outermost where one level of a
 * configuration names several: the file's own order.
 */
export const standardFeatures: readonly Feature<unknown>[] = [
  trustedProxiesFeature,
  requestIdFeature,
  errorPagesFeature,
  corsFeature,
  staticFeature,
  proxyFeature,
  respondFeature,
];

/** Every maker of named resources. */
export const standardResources: readonly ResourceFeature<unknown, unknown>[] = [upstreamsResource];
