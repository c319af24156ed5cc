import { createProxyServer, ProxyServer } from './lib/proxy-server.ts';

export type { ErrorCallback } from './lib/error-callback.ts';
export { HttpProxyError, type HttpProxyErrorCode, httpProxyErrors } from './lib/errors.ts';
export type { ProxyRequest } from './lib/proxy-request.ts';
export type { ProxyResponse } from './lib/proxy-response.ts';
export { createProxyServer, ProxyServer } from './lib/proxy-server.ts';
export type { ProxyTarget, ServerOptions, TargetParts } from './lib/server-options.ts';

/** `createProxyServer` under its older names. */
export const createServer: typeof createProxyServer = createProxyServer;
export const createProxy: typeof createProxyServer = createProxyServer;

/** For `import httpProxy from …`. */
export default Object.assign(ProxyServer, { createProxyServer, createServer, createProxy });
