import type { Feature, ResourceFeature } from '@windhover/core/feature';
import { allowedHostsFeature } from './allowed-hosts.ts';
import { appFeature } from './app.ts';
import { appsResource } from './apps.ts';
import { authFeature } from './auth.ts';
import { authorizeFeature } from './authorize.ts';
import { cacheFeature } from './cache.ts';
import { cachesResource } from './caches.ts';
import { compressFeature } from './compress.ts';
import { concurrencyFeature } from './concurrency.ts';
import { connectionFilterFeature } from './connection-filter.ts';
import { connectionRateFeature } from './connection-rate.ts';
import { corsFeature } from './cors.ts';
import { decompressFeature } from './decompress.ts';
import { dynamicIpFeature } from './dynamic-ip.ts';
import { errorPagesFeature } from './error-pages.ts';
import { fallbackFeature } from './fallback.ts';

import { hstsFeature } from './hsts.ts';
import { http2Feature } from './http2.ts';
import { ipFilterFeature } from './ip-filter.ts';
import { maxRequestBodyFeature } from './max-request-body.ts';
import { mirrorFeature } from './mirror.ts';
import { outboundFeature } from './outbound.ts';
import { proxyFeature } from './proxy.ts';
import { proxyProtocolFeature } from './proxy-protocol.ts';
import { rateLimitFeature } from './rate-limit.ts';
import { redirectFeature } from './redirect.ts';
import { requestFilterFeature } from './request-filter.ts';
import { requestHeadersFeature } from './request-headers.ts';
import { requestIdFeature } from './request-id.ts';
import { requestTraceFeature } from './request-trace.ts';
import { respondFeature } from './respond.ts';
import { responseHeadersFeature } from './response-headers.ts';
import { rewriteFeature } from './rewrite.ts';
import { securityHeadersFeature } from './security-headers.ts';
import { serverTimingFeature } from './server-timing.ts';
import { sessionFeature } from './session.ts';
import { splitFeature } from './split.ts';
import { staticFeature } from './static.ts';
import { redisResource } from './stores.ts';
import { testsFeature } from './tests.ts';
import { throttleFeature } from './throttle.ts';
import { timeoutFeature } from './timeout.ts';
import { tracingFeature } from './tracing.ts';
import { trustedProxiesFeature } from './trusted-proxies.ts';
import { upstreamsResource } from './upstreams.ts';
import { usersResource } from './users.ts';
import { websocketFeature } from './websocket.ts';

/**
 * All features that need nothing from the surrounding program. The order matters: features of the same phase and level nest in this order,
 * the first outermost. For example, the request id comes before error pages, which show it. Origins run in the order in which a route names
 * them.
 */
export const standardFeatures: readonly Feature<unknown>[] = [
  http2Feature,
  proxyProtocolFeature,
  requestTraceFeature,
  tracingFeature,
  trustedProxiesFeature,
  redirectFeature,
  rewriteFeature,
  requestIdFeature,
  errorPagesFeature,
  requestHeadersFeature,
  responseHeadersFeature,
  hstsFeature,
  securityHeadersFeature,
  serverTimingFeature,
  allowedHostsFeature,
  corsFeature,
  timeoutFeature,
  maxRequestBodyFeature,
  connectionFilterFeature,
  ipFilterFeature,
  connectionRateFeature,
  requestFilterFeature,
  dynamicIpFeature,
  rateLimitFeature,
  concurrencyFeature,
  sessionFeature,
  throttleFeature,
  authFeature,
  authorizeFeature,
  websocketFeature,
  cacheFeature,
  compressFeature,
  decompressFeature,
  outboundFeature,
  fallbackFeature,
  mirrorFeature,
  staticFeature,
  proxyFeature,
  appFeature,
  splitFeature,
  respondFeature,
  testsFeature,
];

/** All makers of named resources. */
export const standardResources: readonly ResourceFeature<unknown, unknown>[] = [
  upstreamsResource,
  appsResource,
  cachesResource,
  usersResource,
  redisResource,
];
