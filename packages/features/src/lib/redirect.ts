import type { PlacedFeature } from '@windhover/config';
import type { ClientIdentity, HttpContext, HttpRequest, Middleware } from '@windhover/core';
import type { Feature, FeatureInstance, FeatureLocation, HttpLayer, Reason } from '@windhover/core/feature';
import {
  type CanonicalOptions,
  canonicalForm,
  canonicalLocation,
  RedirectMap,
  type RedirectMapOptions,
  type Rule,
  RuleSet,
  redirectByMap,
  redirectToCanonical,
  redirectToHttps,
  rewrite,
} from '@windhover/rewrite';
import type { z } from 'zod';
import { explainRules } from './explain-rules.ts';
import { readRuleFile } from './read-rule-file.ts';
import { type RedirectEntry, redirectPresets, redirectSchema } from './redirect-schema.ts';

type HttpRun = Middleware<HttpContext>;
type Explain = (request: HttpRequest, client: ClientIdentity) => readonly Reason[];

interface RedirectInstance extends FeatureInstance {
  readonly isToHttps: boolean;
  readonly removesSlash: boolean;
}

/** `redirect`: sends clients to another address. */
export const redirectFeature: Feature<z.output<typeof redirectSchema>> = {
  name: 'redirect',
  levels: ['top', 'site', 'route'],
  phases: ['rewrite', 'shield'],
  combine: 'add',
  schema: redirectSchema,
  takesList: true,
  create(given, { location }) {
    const entries = behindLowerCase(Array.isArray(given) ? given : [given]);
    checkTogether(entries);
    const phase = rulePhase(location);
    const instance: RedirectInstance = {
      layers: inGroups(entries).map((group) => ({ phase, ...make(group, location) })),
      isToHttps: entries.some((each) => canonicalOf(each)?.https !== undefined && canonicalOf(each)?.https !== false),
      removesSlash: entries.some((each) => canonicalOf(each)?.trailingSlash === 'remove'),
    };
    return instance;
  },
};

/** Behind a redirect to lower case no request has upper case, so an entry with it could never apply. */
function behindLowerCase(entries: readonly RedirectEntry[]): readonly RedirectEntry[] {
  const first = entries.findIndex((each) => canonicalOf(each)?.lowerCase === true);
  if (first < 0) return entries;
  return entries.map((each, index) =>
    index > first && canonicalOf(each) === null ? ({ ignoreCase: true, ...(each as object) } as RedirectEntry) : each,
  );
}

/** Redirects that follow each other for ever are found among all rules of a list. */
function checkTogether(entries: readonly RedirectEntry[]): void {
  new RuleSet(rulesOf(entries.filter(isRule)));
}

/** Rules that follow each other are one group, which finds the rule of a request with one look. */
function inGroups(entries: readonly RedirectEntry[]): readonly (readonly RedirectEntry[])[] {
  const groups: RedirectEntry[][] = [];
  for (const each of entries) {
    const last = groups.at(-1);
    if (last !== undefined && isRule(each) && isRule(last[0]!)) last.push(each);
    else groups.push([each]);
  }
  return groups;
}

function isRule(each: RedirectEntry): each is Extract<RedirectEntry, { readonly to: string }> {
  return typeof each === 'object' && 'to' in each;
}

function rulesOf(entries: readonly Extract<RedirectEntry, { readonly to: string }>[]): Rule[] {
  return entries.map((each) => ({ status: 307 as const, ...each }));
}

/** Whether paths lose their last slash, which `static` gives to folders. */
export function removesSlashes({ feature, instance }: PlacedFeature): boolean {
  return feature.name === redirectFeature.name && (instance as RedirectInstance | null)?.removesSlash === true;
}

/** Whether a feature sends every request to HTTPS, which a server without HTTPS should not. */
export function redirectsToHttps({ feature, instance }: PlacedFeature): boolean {
  return feature.name === redirectFeature.name && (instance as RedirectInstance | null)?.isToHttps === true;
}

/** Rules of a route run after it was chosen. */
export function rulePhase({ site, route }: FeatureLocation): 'rewrite' | 'shield' {
  return site !== null && route !== null ? 'shield' : 'rewrite';
}

function make(group: readonly RedirectEntry[], { directory }: FeatureLocation): Pick<HttpLayer, 'run' | 'explain'> {
  const rules = group.filter(isRule);
  if (rules.length > 0) return makeRules(rulesOf(rules));
  const [first] = group as readonly [RedirectEntry];
  return typeof first === 'object' && 'map' in first ? makeMap(first, directory) : makeCanonical(canonicalOf(first)!);
}

/** `null` for rules and maps. */
function canonicalOf(each: RedirectEntry): CanonicalOptions | null {
  if (typeof each === 'string') return redirectPresets[each];
  if ('map' in each || isRule(each)) return null;
  const { https, ...others } = each;
  if (typeof https !== 'object') return { ...others, ...(https === undefined ? {} : { https }) };
  const { port: httpsPort = 443, status } = https;
  return { ...others, https: httpsPort, ...(status === undefined ? {} : { status }) };
}

function makeCanonical(options: CanonicalOptions): { run: HttpRun; explain: Explain } {
  const form = canonicalForm(options);
  const { status = 308 } = options;
  // To HTTPS alone, a request without a host is refused: HTTP would answer it.
  const isHttpsAlone =
    Object.keys(options).every((key) => key === 'https' || key === 'status') && form.httpsPort !== null;
  const run = isHttpsAlone
    ? redirectToHttps({ port: form.httpsPort!, status: status === 303 ? 302 : status })
    : redirectToCanonical(options);
  return {
    run,
    explain(request, client) {
      if (isHttpsAlone && client.scheme === 'http' && client.host === '')
        return [{ decision: 'answers 400', because: 'the request names no host', answers: true, status: 400 }];
      const to = canonicalLocation(request, client, form);
      if (to === null) return [{ decision: 'passes the request on', because: whyNot(options, client) }];
      const because =
        form.httpsPort !== null && client.scheme === 'http'
          ? 'the client uses plain HTTP'
          : 'the address has another spelling';
      return [{ decision: `answers ${status} to ${to}`, because, answers: true, status, location: to }];
    },
  };
}

function whyNot({ https }: CanonicalOptions, { scheme }: ClientIdentity): string {
  return https !== undefined && scheme === 'https' ? 'the client uses HTTPS' : 'the address is spelled as it should be';
}

function makeMap(
  { map: file, ...options }: RedirectMapOptions & { readonly map: string },
  directory: string,
): { run: HttpRun; explain: Explain } {
  const redirects = new RedirectMap(readRuleFile(directory, file, ['map']), { ...options, source: file });
  return {
    run: redirectByMap(redirects),
    explain(request) {
      const found = redirects.find(request);
      if (found === null) return [{ decision: 'passes the request on', because: `${file} does not name the path` }];
      const { status, location } = found;
      return [
        {
          decision: `answers ${status} to ${location}`,
          because: `${file} names the path`,
          answers: true,
          status,
          location,
        },
      ];
    },
  };
}

function makeRules(given: readonly Rule[]): { run: HttpRun; explain: Explain } {
  const rules = new RuleSet(given);
  return { run: rewrite(rules), explain: (request, client) => explainRules(rules, request, client) };
}
