import { compose, type Handler, type HttpContext, type Middleware } from '@windhover/core';
import { composeLayers, type HttpLayer } from '@windhover/core/feature';
import { beforeRoute } from './before-route.ts';
import { isBeforeRoute } from './check-feature.ts';
import type { Configuration, RouteConfig, SiteConfig } from './configuration.ts';
import { effectiveFeatures } from './effective-features.ts';
import { httpLayers } from './http-layers.ts';
import { type ListenerOf, listenerLevel } from './listener-layers.ts';
import { createHostMatcher } from './match-host.ts';
import { createRouteMatcher } from './match-route.ts';
import { mayShowByRoute, mayShowKey } from './may-show-by-route.ts';
import type { PlacedFeature } from './placed-feature.ts';

/**
 * Creates the handler of a whole configuration. Identity and rewrites of the top level run first, the latter only for hosts of a site,
 * then the host selects the site. Then
 * those of the site run, and the current target selects the route; the rest is one composed handler. A host that no site names goes to the
 * default site, or gets 421 without one, but never another site. With one implicit site, that site gets every request.
 *
 * @param last handles requests that no origin of a route answers. Default: nothing, which is a 404
 * @param listenerOf finds the layers of listeners. Default: no listener is known, so none of them runs
 */
export function createSiteHandler(
  config: Configuration,
  last: Handler<HttpContext> = notAnswered,
  listenerOf: ListenerOf = () => undefined,
): Handler<HttpContext> {
  const outer = [config.defaults, config.features, listenerLevel(config.listeners, listenerOf)];
  const top = httpLayers(effectiveFeatures(outer));
  const topEdge = edgeOf(top);
  const first = top.filter(({ phase }) => isBeforeRoute(phase));
  if (config.oneSite)
    return createOneSite(
      top,
      first.map(({ run }) => run),
      last,
    );
  const hasIdentity = top.some(({ phase }) => phase === 'identity');
  const hostOf = hasIdentity ? hostOfClient : hostOfRequest;
  const sites = new Map(config.sites.map((site) => [site.name, createSite(site, outer, { last, hostOf })]));
  const matchHost = createHostMatcher(
    config.sites.flatMap((site) => site.hosts.map((host) => [host, sites.get(site.name)!] as const)),
  );
  const fallback = sites.get(config.defaultSite ?? '') ?? {
    name: '',
    handler: around(top, answerMisdirected),
    edge: topEdge,
  };
  const siteOf = (context: HttpContext): Site => {
    const site = matchHost(hostOf(context)) ?? fallback;
    context.site = site.name;
    return site;
  };
  // A redirect would otherwise send a host of nobody's, with what it asks for, to wherever it says.
  const hasSite = (context: HttpContext): boolean =>
    config.defaultSite !== null || matchHost(hostOf(context)) !== undefined;
  return beforeRoute(
    first.map(({ phase, run }) => (phase === 'rewrite' ? onlyWith(hasSite, run) : run)),
    function chooseSite(context) {
      return siteOf(context).handler(context);
    },
    (context) => siteOf(context).edge,
  );
}

function createOneSite(
  layers: readonly HttpLayer[],
  first: readonly Middleware<HttpContext>[],
  last: Handler<HttpContext>,
): Handler<HttpContext> {
  const hasEdge = layers.some(({ phase }) => phase === 'edge');
  // Without an edge no answer has to pass through one, so the layers form one plain chain.
  if (!hasEdge) return compose([...first, ...insideOf(layers)], last);
  const edge = edgeOf(layers);
  return beforeRoute(first, around(layers, last), () => edge);
}

function onlyWith(applies: (context: HttpContext) => boolean, run: Middleware<HttpContext>): Middleware<HttpContext> {
  return function onlyWith(context, next) {
    return applies(context) ? run(context, next) : next(context);
  };
}

interface Site {
  readonly name: string;
  readonly handler: Handler<HttpContext>;
  /** The layers around answers that come before the route is known. */
  readonly edge: Middleware<HttpContext>;
}

function createSite(
  site: SiteConfig,
  outer: readonly (readonly PlacedFeature[])[],
  { last, hostOf }: { readonly last: Handler<HttpContext>; readonly hostOf: (context: HttpContext) => string },
): Site {
  const levels = [...outer, site.features];
  const layers = httpLayers(effectiveFeatures(levels));
  const routes = site.routes.map((route) => [route, createRoute(route, levels, last)] as const);
  const matcher = createRouteMatcher(routes);
  const showing = site.routes.flatMap((route, index) => (showsOtherPaths(route) ? [routes[index]![1]] : []));
  const mayShow = mayShowByRoute(matcher, routes, showing, hostOf);
  const notFound = around(layers, function answerNotFound(context) {
    const { request, response } = context;
    const methods = matcher.methodsFor(request, hostOf(context));
    if (methods.length > 0) response.headers.set('Allow', methods.join(', '));
    response.status = methods.length > 0 ? 405 : 404; // without a body: error pages decide how errors look
  });
  const own = httpLayers(effectiveFeatures([site.features]), effectiveFeatures(levels));
  const edge = edgeOf(layers);
  const handler = beforeRoute(
    own.filter(({ phase }) => isBeforeRoute(phase)).map(({ run }) => run),
    function chooseRoute(context) {
      const route = matcher.find(context.request, hostOf(context));
      if (route === undefined) return notFound(context);
      context.route = route.path;
      const own = mayShow.get(route);
      if (own !== undefined) context.set(mayShowKey, own);
      return route.handler(context);
    },
    () => edge,
  );
  return { name: site.name, handler, edge };
}

function showsOtherPaths({ features }: RouteConfig): boolean {
  return features.some(({ instance }) => instance?.showsOtherPaths === true);
}

function createRoute(
  route: RouteConfig,
  outer: readonly (readonly PlacedFeature[])[],
  last: Handler<HttpContext>,
): { readonly path: string; readonly handler: Handler<HttpContext> } {
  const layers = httpLayers(effectiveFeatures([...outer, route.features]));
  return { path: route.path, handler: around(layers, last) };
}

/** Composes the layers of a route from the edge on; earlier phases have already run. */
function around(layers: readonly HttpLayer[], handler: Handler<HttpContext>): Handler<HttpContext> {
  return compose(insideOf(layers), handler);
}

function insideOf(layers: readonly HttpLayer[]): readonly Middleware<HttpContext>[] {
  return layers.filter(({ phase }) => !isBeforeRoute(phase)).map(({ run }) => run);
}

function edgeOf(layers: readonly HttpLayer[]): Middleware<HttpContext> {
  return composeLayers(layers.filter(({ phase }) => phase === 'edge'));
}

function hostOfRequest({ request }: HttpContext): string {
  return request.host;
}

/** The host that the user typed, even if a trusted proxy has changed the Host field. */
function hostOfClient({ client }: HttpContext): string {
  return client.host;
}

function answerMisdirected({ response }: HttpContext): void {
  response.status = 421; // RFC 9110 §15.5.20
  response.headers.set('Content-Type', 'text/plain; charset=utf-8');
  response.body = 'No site is configured for this host.\n';
}

/** The last origin passed the request on; a request that nobody answers gets 404. */
function notAnswered(): void {
  // without a body: error pages decide how errors look
}
