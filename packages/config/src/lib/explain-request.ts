import { type ClientIdentity, HttpError, HttpHeaders, HttpRequest } from '@windhover/core';
import { type Layer, type Phase, phaseOrder, type Reason } from '@windhover/core/feature';
import { formatConfigPath } from './config-path.ts';
import type { Configuration, RouteConfig } from './configuration.ts';
import { effectiveFeatures } from './effective-features.ts';
import { explainListeners, formatAddress, listenersFor } from './explain-listeners.ts';
import { explainRoute } from './explain-route.ts';
import { explainSite } from './explain-site.ts';
import type { PlacedFeature } from './placed-feature.ts';
import { pluginReasons, unexplained } from './plugin-reasons.ts';

/** A request to explain. */
export interface ExplainedRequest {
  readonly method: string;
  /** An absolute URL, or a path and query. */
  readonly url: string;
  /** Default: none. A `Host` is taken from the URL unless it is given here. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** The address that the connection comes from. Default: 127.0.0.1. */
  readonly client?: string;
}

/** A layer that the request goes through. */
export interface ExplainedLayer {
  readonly phase: Phase;
  readonly feature: string;
  /** Where it was named; `default` for one that the distribution adds. */
  readonly level: 'default' | 'listener' | 'top' | 'site' | 'route';
  /** For example `sites.shop.routes[1].proxy`. */
  readonly place: string;
  /** Empty if it decides only when it runs. */
  readonly reasons: readonly Reason[];
}

/** How a request is answered, and why. */
export interface Explanation {
  readonly request: {
    readonly method: string;
    readonly host: string;
    /** `null`: that of the scheme. */
    readonly port: number | null;
    readonly path: string;
    readonly query: string | null;
  };
  readonly client: Pick<ClientIdentity, 'address' | 'scheme' | 'host' | 'source'>;
  /** The addresses where such a request can come in, and a remark if the port of the URL is none of them. */
  readonly listeners: readonly string[];
  readonly listenerRemark: string | null;
  readonly site: { readonly name: string | null; readonly because: string };
  readonly route: { readonly path: string; readonly place: string; readonly because: string } | null;
  /** Why there is no route; `null` if there is one. */
  readonly noRoute: string | null;
  readonly otherRoutes: readonly { readonly path: string; readonly place: string; readonly because: string }[];
  /** In the order in which the request goes through them. */
  readonly layers: readonly ExplainedLayer[];
  /** Features of outer levels that an inner level replaces or switches off for this request. */
  readonly leftOut: readonly (Pick<ExplainedLayer, 'feature' | 'level' | 'place'> & { readonly because: string })[];
  readonly answer: string;
}

/** Says which site and route answer a request, which layers it goes through, and what each of them decides. Starts and changes nothing. */
export function explainRequest(config: Configuration, asked: ExplainedRequest): Explanation {
  const made = makeRequest(asked);
  if ('refused' in made) return refusedExplanation(config, asked, made.refused);
  const { request } = made;
  const { path, query } = request;
  const outer = levelsOf(config, asked, null, null);
  const identity = explainLayers(outer, beforeRewrite, request, connectionClient(request, asked));
  const { site, because } = config.oneSite
    ? { site: null, because: 'there is one site' }
    : explainSite(config, identity.client.host);
  // Rewrites of the top level run for hosts of a site only.
  const rewrites = explainLayers(outer, site === null && !config.oneSite ? [] : ['rewrite'], request, identity.client);
  const { client } = rewrites;
  const ofSite: PlacedLevel = { level: 'site', features: site?.features ?? [] };
  const own = explainLayers([ofSite], beforeRoute, request, client);
  const choice = explainRoute(site?.routes ?? [], request, own.client.host);
  const route = choice.index === null ? null : site!.routes[choice.index]!;
  const routes = site?.routes ?? [];
  const placeOf = (index: number): string => formatConfigPath(['sites', site!.name, 'routes', index]);
  const levels = levelsOf(config, asked, site?.features ?? null, route);
  const inside = explainLayers(
    levels,
    phaseOrder.filter((phase) => !beforeRoute.includes(phase)),
    request,
    own.client,
  );
  const layers = [...identity.layers, ...rewrites.layers, ...own.layers, ...inside.layers];
  const isMissing = route === null && !config.oneSite;
  return {
    request: { method: request.method, host: request.host, port: request.port, path, query },
    client: { address: client.address, scheme: client.scheme, host: client.host, source: client.source },
    ...explainListeners(config, asked.url),
    site: { name: site?.name ?? null, because },
    route: route === null ? null : { path: route.path, place: placeOf(choice.index!), because: choice.because },
    noRoute: isMissing && site !== null ? choice.because : null,
    otherRoutes: choice.others.map((each) => ({
      path: routes[each.index]!.path,
      place: placeOf(each.index),
      because: each.because,
    })),
    layers,
    leftOut: leftOut(levels),
    answer: answerOf(layers, isMissing ? missingAnswer(site !== null, choice.allow) : null),
  };
}

const beforeRewrite: readonly Phase[] = ['connection', 'identity'];
const beforeRoute: readonly Phase[] = [...beforeRewrite, 'rewrite'];

type LevelOf = ExplainedLayer['level'];
interface PlacedLevel {
  readonly level: LevelOf;
  readonly features: readonly PlacedFeature[];
}

function levelsOf(
  config: Configuration,
  { url }: ExplainedRequest,
  site: readonly PlacedFeature[] | null,
  route: RouteConfig | null,
): readonly PlacedLevel[] {
  return [
    { level: 'default', features: config.defaults },
    { level: 'top', features: config.features },
    ...listenersFor(config, url).map(({ features }): PlacedLevel => ({ level: 'listener', features })),
    { level: 'site', features: site ?? [] },
    { level: 'route', features: route?.features ?? [] },
  ];
}

/** Explains the effective layers of some phases. Follows what they say about the client, and rewrites `request` as they do. */
function explainLayers(
  levels: readonly PlacedLevel[],
  phases: readonly Phase[],
  request: HttpRequest,
  connection: ClientIdentity,
): { readonly layers: readonly ExplainedLayer[]; readonly client: ClientIdentity } {
  let client = connection;
  const levelOf = new Map(levels.flatMap(({ level, features }) => features.map((placed) => [placed, level] as const)));
  const placed = effectiveFeatures(levels.map(({ features }) => features)).flatMap((each) =>
    each.instance!.layers.map((layer) => ({ layer, each })),
  );
  const ordered = phases.flatMap((phase) => placed.filter(({ layer }) => layer.phase === phase));
  const layers = ordered.map(({ layer, each }) => {
    const reasons = reasonsOf(layer, request, client, each);
    for (const reason of reasons) {
      client = reason.client ?? client;
      if (reason.url !== undefined) request.rewrite(reason.url);
    }
    const shown = reasons.map(({ client: _, ...reason }) => reason);
    const level = levelOf.get(each)!;
    return {
      phase: layer.phase,
      feature: each.feature.name,
      level,
      place: formatConfigPath(each.path),
      reasons: shown,
    };
  });
  return { layers, client };
}

function reasonsOf(
  layer: Layer,
  request: HttpRequest,
  client: ClientIdentity,
  { plugin }: PlacedFeature,
): readonly Reason[] {
  if (layer.phase === 'connection') return [];
  if (plugin === undefined) return layer.explain?.(request, client) ?? [];
  return pluginReasons(plugin, () => layer.explain?.(request, client) ?? []);
}

/** Lists the features that an inner level has replaced or taken away. */
function leftOut(levels: readonly PlacedLevel[]): Explanation['leftOut'] {
  const placed = levels.flatMap(({ level, features }) => features.map((each) => ({ level, each })));
  const all = placed.map(({ each }) => each);
  const effective = new Set(effectiveFeatures(levels.map(({ features }) => features)));
  return placed.flatMap(({ level, each }) => {
    if (each.instance === null || effective.has(each)) return [];
    const { name } = each.feature;
    const inner = all.slice(all.indexOf(each) + 1).findLast((other) => other.feature.name === name)!;
    const where = formatConfigPath(inner.path);
    const place = formatConfigPath(each.path);
    const instead =
      where === place ? 'it is the default, and the configuration has its own' : `${where} stands in its place`;
    const because = inner.instance === null ? `${where} is \`false\`` : instead;
    return [{ feature: name, level, place, because }];
  });
}

function missingAnswer(hasSite: boolean, allow: readonly string[]): string {
  if (!hasSite) return '421: no site is configured for this host';
  return allow.length > 0 ? `405, with Allow: ${allow.join(', ')}` : '404: no route covers the path';
}

/** Names the first layer that answers, and those before it that may. Without a route only the layers around the origins can. */
function answerOf(layers: readonly ExplainedLayer[], missing: string | null): string {
  let before = '';
  for (const { phase, feature, reasons } of layers) {
    const answer = reasons.find(({ answers }) => answers === true);
    if (answer !== undefined) return `${feature}: ${answer.decision}${before}`;
    if (missing === null && phase === 'origin' && reasons.every(({ decision }) => decision === unexplained))
      return `${feature}, unless it passes the request on${before}`;
    for (const { unless } of reasons) {
      if (unless !== undefined) before += `${before === '' ? ', unless' : ' or'} ${feature} ${unless}`;
    }
  }
  return `${missing ?? '404: every origin passes the request on'}${before}`;
}

function makeRequest({ method, url, headers = [] }: ExplainedRequest): { request: HttpRequest } | { refused: string } {
  try {
    const isAbsolute = /^https?:\/\//i.test(url);
    const authority = isAbsolute ? /^https?:\/\/([^/?#]*)/i.exec(url)![1] : undefined;
    const target = isAbsolute ? url.slice(url.indexOf('://') + 3 + authority!.length) : url;
    const named = headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
    const fields = new HttpHeaders();
    for (const [name, value] of headers) fields.append(name, value);
    const request = new HttpRequest({
      method,
      target: target === '' || target.startsWith('?') ? `/${target}` : target,
      httpVersion: '1.1',
      scheme: /^https:/i.test(url) ? 'https' : 'http',
      headers: fields,
      host: named ?? authority,
      body: null,
      upgrade: fields.get('upgrade') ?? null,
    });
    return { request };
  } catch (error) {
    if (!HttpError.is(error)) throw error;
    return { refused: error.message };
  }
}

function connectionClient(
  { scheme, host, port }: HttpRequest,
  { client = '127.0.0.1' }: ExplainedRequest,
): ClientIdentity {
  return { address: client, port: null, scheme, host, hostPort: port, source: 'connection' };
}

function refusedExplanation(config: Configuration, asked: ExplainedRequest, why: string): Explanation {
  const { method, url, client = '127.0.0.1' } = asked;
  return {
    request: { method, host: '', port: null, path: url, query: null },
    client: { address: client, scheme: 'http', host: '', source: 'connection' },
    listeners: config.listeners.map(({ address }) => formatAddress(address)),
    listenerRemark: null,
    site: { name: null, because: 'the request is refused before its site is chosen' },
    route: null,
    noRoute: null,
    otherRoutes: [],
    layers: [],
    leftOut: [],
    answer: `400: ${why}`,
  };
}
