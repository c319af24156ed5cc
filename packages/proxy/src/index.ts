export { type ProxyErrorCode, proxyErrors } from './lib/errors.ts';
export { type ReverseProxy, type ReverseProxyOptions, reverseProxy } from './lib/reverse-proxy.ts';
export { spliceChannels } from './lib/splice-channels.ts';
export { type UpstreamFailure, type UpstreamReport, upstreamKey } from './lib/upstream-report.ts';
export { type ForwardedSpelling, upstreamTarget } from './lib/upstream-target.ts';
