import { type Configuration, type Explanation, explainRequest, type PlacedFeature } from '@windhover/config';
import type { Feature, FeatureInstance } from '@windhover/core/feature';
import { z } from 'zod';

const text = z.string().min(1);

const expectation = z.strictObject({
  status: z.int().min(100).max(599).exactOptional().describe('The status of the answer. Default: any.'),
  location: text.exactOptional().describe('Where a redirect leads. Default: anywhere.'),
  url: z.string().startsWith('/').exactOptional().describe('Path and query after every rewrite. Default: any.'),
  site: text.exactOptional().describe('The name of the site. Default: any.'),
  route: text.exactOptional().describe('The path of the route. Default: any.'),
});

const test = z.strictObject({
  request: text.describe(
    'A method and an address: `GET https://shop.example/p/5`. Without a method: GET. Without a host: only with a default site.',
  ),
  headers: z.record(z.string(), z.string()).exactOptional().describe('Fields of the request. Default: none.'),
  client: text.exactOptional().describe('The address of the client. Default: 127.0.0.1.'),
  expect: z
    .union([z.int().min(100).max(599), text, expectation])
    .describe(
      'A status (`410`), a redirect (`301 https://shop.example/new`), the path and query after rewrites (`/product?id=5`), or a map of what must be.',
    ),
});

const schema = z
  .array(test)
  .min(1)
  .describe(
    'Requests, and what the rules must make of them. They run each time the configuration is loaded, without sending anything: `windhover check` shows what is wrong, and a server does not start with rules that break its tests.',
  );

type Test = z.output<typeof test>;
type Expected = z.output<typeof expectation>;

interface TestsInstance extends FeatureInstance {
  readonly tests: readonly Test[];
}

/** `tests`: requests, and what must become of them. The server that loads the configuration asks `failedTests`. */
export const testsFeature: Feature<z.output<typeof schema>> = {
  name: 'tests',
  levels: ['top', 'site'],
  phases: [],
  combine: 'add',
  takesList: true,
  schema,
  create(tests) {
    const instance: TestsInstance = { layers: [], tests };
    return instance;
  },
};

/** A test that failed, and where it stands. */
export interface FailedTest {
  readonly path: PlacedFeature['path'];
  readonly message: string;
}

/** Runs the tests of a configuration by `explainRequest`, which sends nothing. */
export function failedTests(config: Configuration): readonly FailedTest[] {
  const placed = [...config.features, ...config.sites.flatMap(({ features }) => features)];
  return placed.flatMap(({ feature, instance, path }) => {
    if (feature.name !== testsFeature.name || instance === null) return [];
    return (instance as TestsInstance).tests.flatMap((each, index): FailedTest[] => {
      const message = faultOf(config, each);
      return message === null ? [] : [{ path: [...path, index, 'expect'], message }];
    });
  });
}

function faultOf(config: Configuration, { request, headers = {}, client, expect }: Test): string | null {
  const [, method = 'GET', url] = /^(?:([A-Z]+) )?(\S+)$/.exec(request) ?? [];
  if (url === undefined) return `expected a request such as \`GET https://example.com/path\`, found \`${request}\``;
  const explanation = explainRequest(config, {
    method,
    url,
    headers: Object.entries(headers),
    ...(client === undefined ? {} : { client }),
  });
  const expected = toExpected(expect);
  const found = foundIn(explanation);
  const wrong = (Object.keys(expected) as (keyof Expected)[]).filter((name) => expected[name] !== found[name]);
  if (wrong.length === 0) return null;
  const show = (values: Found): string => wrong.map((name) => `${name} ${values[name] ?? 'none'}`).join(', ');
  return `expected of ${request}: ${show(expected)}; found ${show(found)} (${explanation.answer})`;
}

function toExpected(expect: Test['expect']): Expected {
  if (typeof expect === 'number') return { status: expect };
  if (typeof expect !== 'string') return expect;
  const [, status, location] = /^(\d{3})(?: (\S+))?$/.exec(expect) ?? [];
  if (status === undefined) return { url: expect };
  return location === undefined ? { status: Number(status) } : { status: Number(status), location };
}

type Found = { readonly [Name in keyof Expected]: Expected[Name] | undefined };

function foundIn({ request, site, route, layers, answer }: Explanation): Found {
  const reasons = layers.flatMap((layer) => layer.reasons);
  const answered = reasons.find(({ answers }) => answers === true);
  const missing = /^(\d{3})[:,]/.exec(answer)?.[1];
  const asked = request.query === null ? request.path : `${request.path}?${request.query}`;
  return {
    status: answered?.status ?? (missing === undefined ? undefined : Number(missing)),
    location: answered?.location,
    url: reasons.findLast(({ url }) => url !== undefined)?.url ?? asked,
    site: site.name ?? undefined,
    route: route?.path,
  };
}
