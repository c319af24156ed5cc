export { type FetchErrorCode, fetchErrors } from './lib/errors.ts';
export { type FetchApp, type FetchEnv, type FromFetchOptions, fromFetch } from './lib/from-fetch.ts';
export { type FetchMiddleware, type ToFetchOptions, toFetch } from './lib/to-fetch.ts';
export { type HonoContext, type HonoMiddleware, toHono } from './lib/to-hono.ts';
export { useFastResponse } from './lib/use-fast-response.ts';
