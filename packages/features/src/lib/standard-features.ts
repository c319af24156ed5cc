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
 * Every feature that needs nothing of the program around it. Their order counts: features of one phase and level stand around each other as they stand
 * here, the first outermost. An id comes before error pages, which show it. Origins run in the order in which a route names them.
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
