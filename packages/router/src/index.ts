export { createRouter, type Router, type RouterOptions } from './lib/create-router.ts';
export { type RouterErrorCode, routerErrors } from './lib/errors.ts';
export { type HasRoutes, mount } from './lib/mount.ts';
export type { Pattern, PatternParam, PatternSegment } from './lib/pattern.ts';
export type { EncodedSlash } from './lib/read-params.ts';
export { type Route, type RouteHandler, type RouteOptions, route } from './lib/route.ts';
export { type RouteParams, routeParamsKey } from './lib/route-params.ts';
