export { accessLogFeature } from './lib/access-log.ts';
export {
  type AdminAccounts,
  type AdminRole,
  adminAccountsOf,
  adminFeature,
  adminSectionOf,
  hasAdmin,
} from './lib/admin.ts';
export { allowedHostsFeature } from './lib/allowed-hosts.ts';
export { appFeature } from './lib/app.ts';
export { type App, appKind, appsResource } from './lib/apps.ts';
export { authFeature, needsClientCertificates, needsSession } from './lib/auth.ts';
export { authorizeFeature, needsUser } from './lib/authorize.ts';
export { cacheFeature } from './lib/cache.ts';
export { cacheStoreKind, cachesResource } from './lib/caches.ts';
export { defaultCertificateFolder } from './lib/certificate-folder.ts';
export { CertificateService } from './lib/certificate-service.ts';
export { certificatesFeature, certificatesOf } from './lib/certificates.ts';
export { compressFeature } from './lib/compress.ts';
export { concurrencyFeature } from './lib/concurrency.ts';
export { connectionFilterFeature } from './lib/connection-filter.ts';
export { connectionRateFeature } from './lib/connection-rate.ts';
export { corsFeature } from './lib/cors.ts';
export { decompressFeature } from './lib/decompress.ts';
export { dynamicIpFeature } from './lib/dynamic-ip.ts';
export { errorPagesFeature } from './lib/error-pages.ts';
export { fallbackFeature } from './lib/fallback.ts';
export { type FtpDefinition, ftpFeature, ftpOf } from './lib/ftp.ts';
export { hstsFeature } from './lib/hsts.ts';
export { type Http2Choice, http2Feature, http2Of } from './lib/http2.ts';
export { ipFilterFeature } from './lib/ip-filter.ts';
export { type KeepAliveDefault, limitNames, limitsSchema } from './lib/limits-schema.ts';
export { maxRequestBodyFeature } from './lib/max-request-body.ts';
export { metricsSchema } from './lib/metrics-schema.ts';
export type { MetricsSection } from './lib/metrics-section.ts';
export { mirrorFeature } from './lib/mirror.ts';
export { outboundFeature } from './lib/outbound.ts';
export { proxyFeature } from './lib/proxy.ts';
export { proxyProtocolFeature } from './lib/proxy-protocol.ts';
export { rateLimitFeature } from './lib/rate-limit.ts';
export { redirectFeature, redirectsToHttps, removesSlashes } from './lib/redirect.ts';
export { requestFilterFeature } from './lib/request-filter.ts';
export { requestHeadersFeature } from './lib/request-headers.ts';
export { requestIdFeature } from './lib/request-id.ts';
export { requestTraceFeature } from './lib/request-trace.ts';
export { respondFeature } from './lib/respond.ts';
export { responseHeadersFeature } from './lib/response-headers.ts';
export { rewriteFeature } from './lib/rewrite.ts';
export { securityHeadersFeature } from './lib/security-headers.ts';
export { serverTimingFeature } from './lib/server-timing.ts';
export { sessionFeature } from './lib/session.ts';
export { splitFeature } from './lib/split.ts';
export { standardFeatures, standardResources } from './lib/standard-features.ts';
export { staticFeature } from './lib/static.ts';
export { redisResource, type SharedStores, storesKind } from './lib/stores.ts';
export { type FailedTest, failedTests, testsFeature } from './lib/tests.ts';
export { throttleFeature } from './lib/throttle.ts';
export { timeoutFeature } from './lib/timeout.ts';
export { type SiteCertificates, tlsFeature, tlsOf } from './lib/tls.ts';
export { tracingFeature } from './lib/tracing.ts';
export { trustedProxiesFeature } from './lib/trusted-proxies.ts';
export { type UpstreamGroup, upstreamKind, upstreamsResource } from './lib/upstreams.ts';
export { usersResource } from './lib/users.ts';
export { websocketFeature } from './lib/websocket.ts';
