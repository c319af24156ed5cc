import { duration, OptionsError } from '@windhover/config';
import type { Feature, ManagedThing } from '@windhover/core/feature';
import { createRequestTrace, type RequestTrace, type TraceRule, TraceStore } from '@windhover/request-trace';
import { z } from 'zod';
import { placeName } from './place-name.ts';

const status = z
  .union([
    z.int().min(0).max(999),
    z.string().regex(/^(\d{3}-\d{3}|[1-5]xx|0)$/, 'expected a status, such as 502, 500-599 or 5xx'),
  ])
  .describe('A status, a range as 500-599, or 5xx. 0: requests without an answer.');

const oneRule = z.strictObject({
  status: z
    .union([status, z.array(status).min(1)])
    .exactOptional()
    .describe('Answers with these statuses. Default: all.'),
  slower: duration(1).exactOptional().describe('Requests that took at least so long. Default: all.'),
  path: z
    .union([z.string().startsWith('/'), z.array(z.string().startsWith('/')).min(1)])
    .exactOptional()
    .describe('Requests for these paths, and for what lies below them. Default: all.'),
  methods: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .exactOptional()
    .describe('Requests with these methods. Default: all.'),
  share: z
    .number()
    .gt(0)
    .max(1)
    .exactOptional()
    .describe('How many of these requests are kept: 0.1 is a tenth. Default: 1, all of them.'),
});

const rules = z
  .union([oneRule, z.array(oneRule).min(1)])
  .describe('What a rule names must all be true; one rule is enough.');

const schema = z
  .union([
    z.literal(true),
    oneRule.extend({
      rules: rules.exactOptional().describe('Several rules. Default: the keys beside it are the rule.'),
      keep: z
        .int()
        .min(1)
        .max(10_000)
        .exactOptional()
        .describe(
          'How many requests each worker keeps, the latest ones. Default: 50, as many as IIS; each takes some kilobytes.',
        ),
    }),
  ])
  .describe(
    'Keeps every step of some requests: which layer did what, when and why. True: of those that failed with 500 and above or got no answer, and those that took 5s. The console and `GET /api/v1/traces` show them.',
  );

type Options = z.output<typeof schema>;

/** `requestTrace`: every step of the requests that failed or were slow. */
export const requestTraceFeature: Feature<Options> = {
  name: 'requestTrace',
  levels: ['top', 'site', 'route'],
  phases: ['edge'],
  combine: 'replace',
  schema,
  create(options, services) {
    const { rules: several, keep = 50, ...own } = options === true ? ({} as Exclude<Options, true>) : options;
    if (several !== undefined && Object.keys(own).length > 0)
      throw new OptionsError([
        { path: ['rules'], message: `expected it without \`${Object.keys(own)[0]}\` beside it` },
      ]);
    const written = several === undefined ? (Object.keys(own).length === 0 ? [] : [own]) : [several].flat();
    const name = placeName(services.location);
    const store = services.lease(name, String(keep), () => new TraceStore(keep));
    const trace = createRequestTrace(written.length === 0 ? {} : { rules: written.map(toRule) }, store);
    services.manage(managedTraces(name, trace));
    return {
      layers: [{ phase: 'edge', run: trace.middleware }],
      wrap: (layer) => trace.wrap(layer),
    };
  },
};

function managedTraces(name: string, { store }: RequestTrace): ManagedThing {
  return {
    kind: 'traces',
    name,
    read: () => ({ counts: { kept: store.kept, stored: store.size } }),
    actions: {
      list: () => store.list(),
      get: ({ id }) => store.get(String(id)),
      clear: () => store.clear(),
    },
  };
}

function toRule({ status: statuses, slower, path, methods, share }: z.output<typeof oneRule>): TraceRule {
  return {
    ...(statuses === undefined ? {} : { status: [statuses].flat().map(toRange) }),
    ...(slower === undefined ? {} : { slowerThanMs: slower }),
    ...(path === undefined ? {} : { paths: [path].flat() }),
    ...(methods === undefined ? {} : { methods: [methods].flat().map((method) => method.toUpperCase()) }),
    ...(share === undefined ? {} : { share }),
  };
}

function toRange(written: number | string): readonly [number, number] {
  const text = String(written);
  if (text.endsWith('xx')) return [Number(text[0]) * 100, Number(text[0]) * 100 + 99];
  const [first, last = first] = text.split('-').map(Number) as [number, number?];
  return [first, last];
}
