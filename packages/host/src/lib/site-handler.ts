import { compose, type Handler, type HttpContext } from '@windhover/core';
import type { Configuration, RouteConfig, SiteConfig } from './configuration.ts';
import { createHostMatcher } from './match-host.ts';
import { createRouteMatcher } from './match-route.ts';
import { inPhaseOrder } from './phase-order.ts';
import type { PlacedFeature } from './place-features.ts';

/**
 * The handler of a whole configuration: the site by host, in it the route by path. Everything is composed here, once. A host that
 * nobody names goes to the default site, and without one is answered 421: never by some other site.
 */
export function createSiteHandler(config: Configuration): Handler<HttpContext> {
  const sites = new Map(config.sites.map((site) => [site.name, createSite(site, config.features)]));
  const matchHost = createHostMatcher(
    config.sites.flatMap((site) => site.hosts.map((host) => [host, sites.get(site.name)!] as const)),
  );
  const fallback = sites.get(config.defaultSite ?? '') ?? around(config.features, answerMisdirected);
  return function chooseSite(context) {
    return (matchHost(context.request.host) ?? fallback)(context);
  };
}

function createSite(site: SiteConfig, outer: readonly PlacedFeature[]): Handler<HttpContext> {
  const features = [...outer, ...site.features];
  const match = createRouteMatcher(site.routes.map((route) => [route.path, createRoute(route, features)] as const));
  const notFound = around(features, answerNotFound);
  return function chooseRoute(context) {
    const route = match(context.request.path);
    if (route === undefined) return notFound(context);
    context.route = route.path;
    return route.handler(context);
  };
}

function createRoute(
  route: RouteConfig,
  outer: readonly PlacedFeature[],
): { path: string; handler: Handler<HttpContext> } {
  const handler = route.features.find(({ feature }) => feature.place === 'handler')!.instance.handler!;
  const middlewares = route.features.filter(({ feature }) => feature.place !== 'handler');
  return { path: route.path, handler: around([...outer, ...middlewares], handler) };
}

/** Within one phase the top level stands around the site, the site around the route. */
function around(features: readonly PlacedFeature[], handler: Handler<HttpContext>): Handler<HttpContext> {
  const ordered = inPhaseOrder(features, ({ feature }) => feature.place);
  return compose(
    ordered.map(({ instance }) => instance.middleware!),
    handler,
  );
}

function answerMisdirected({ response }: HttpContext): void {
  response.status = 421; // RFC 9110 §15.5.20
  response.headers.set('Content-Type', 'text/plain; charset=utf-8');
  response.body = 'No site is configured for this host.\n';
}

/** Without a body: how errors look is the application's to say. */
function answerNotFound({ response }: HttpContext): void {
  response.status = 404;
}
