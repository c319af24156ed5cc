export { accessLogFeature } from './lib/access-log.ts';
export { errorPagesFeature } from './lib/error-pages.ts';
export { proxyFeature } from './lib/proxy.ts';
export { requestIdFeature } from './lib/request-id.ts';
export { respondFeature } from './lib/respond.ts';
export { standardFeatures, standardResources } from './lib/standard-features.ts';
export { staticFeature } from './lib/static.ts';
export { trustedProxiesFeature } from './lib/trusted-proxies.ts';
export { type UpstreamGroup, upstreamKind, upstreamsResource } from './lib/upstreams.ts';
