import type { Handler, HttpContext } from '@windhover/core';
import {
  composeLayers,
  type Feature,
  type FeatureInstance,
  type Phase,
  type ResourceFeature,
  type ResourceKind,
} from '@windhover/core/feature';
import { z } from 'zod';
import { defineDistribution } from './define-distribution.ts';
import { createDistributionServices } from './distribution-services.ts';
import { OptionsError } from './options-error.ts';

/** What the features of the tests did, in order. */
export const events: string[] = [];

const anywhere = ['top', 'site', 'route'] as const;

function origin(handler: Handler<HttpContext>): FeatureInstance {
  return { layers: [{ phase: 'origin', run: handler }] };
}

const text: Feature<{ text: string }> = {
  name: 'text',
  levels: ['route'],
  phases: ['origin'],
  combine: 'replace',
  schema: z.strictObject({ text: z.string() }),
  create: (options) => ({
    showsOtherPaths: true,
    layers: [
      {
        phase: 'origin',
        run: (context, next) => {
          if (options.text === 'pass') return next(context);
          context.response.status = 200;
          context.response.body = options.text;
        },
      },
    ],
    prepare: () => {
      events.push(`prepare ${options.text}`);
      if (options.text === 'broken') throw new Error('It does not start');
    },
    commit: () => void events.push(`commit ${options.text}`),
    dispose: () => void events.push(`dispose ${options.text}`),
  }),
};

const files: Feature<{ root: string; mode: string }> = {
  name: 'static',
  levels: ['route'],
  phases: ['origin'],
  combine: 'replace',
  schema: z.strictObject({ root: z.string(), mode: z.enum(['plain', 'packed']).default('plain') }),
  create: ({ root }, { location }) => {
    if (location.route?.startsWith('/') !== true) throw new Error('The route is not a path');
    if (root.includes('missing'))
      throw new OptionsError([{ path: ['root'], message: 'expected a folder that exists' }]);
    const { directory, site, route } = location;
    return origin(({ response }) => {
      response.status = 200;
      response.body = [directory, site, route, root].join(' ');
    });
  },
};

/** Writes its label around the body of whatever is inside. */
function mark(
  name: string,
  phase: Exclude<Phase, 'connection'>,
  combine: 'add' | 'replace',
): Feature<{ label: string }> {
  return {
    name,
    levels:
      phase === 'rewrite' || phase === 'identity' ? ['top', 'site'] : phase === 'shield' ? ['listener'] : anywhere,
    phases: [phase],
    combine,
    schema: z.strictObject({ label: z.string().default(name) }),
    create: ({ label }) => ({
      layers: [
        {
          phase,
          run: async (context, next) => {
            await next(context);
            context.response.body = `${label}(${String(context.response.body ?? '').trim()})`;
          },
        },
      ],
    }),
  };
}

/** Sends requests for one path to another, and refuses or answers some by itself. */
const rewrite: Feature<{ from: string; to: string }> = {
  name: 'rewrite',
  levels: ['top', 'site'],
  phases: ['rewrite'],
  combine: 'add',
  schema: z.strictObject({ from: z.string(), to: z.string() }),
  create: ({ from, to }) => ({
    layers: [
      {
        phase: 'rewrite',
        run: (context, next) => {
          const { request, response } = context;
          if (request.path !== from) return next(context);
          if (to === 'throw') throw new Error('refused');
          if (to !== 'answer') {
            request.rewrite(to);
            return next(context);
          }
          response.status = 200;
          response.body = 'answered';
        },
      },
    ],
  }),
};

interface Greeting {
  readonly words: string;
}

export const greetingKind: ResourceKind<Greeting> = { key: 'greetings', noun: 'a greeting' };

const plainGreeting: ResourceFeature<{ words: string; like?: string | undefined }, Greeting> = {
  kind: greetingKind,
  maker: null,
  schema: z.strictObject({ words: z.string(), like: z.string().optional() }),
  create: (name, { words, like }, services) => {
    const other = like === undefined ? '' : ` ${services.resource(greetingKind, like, ['like']).words}`;
    const made = name ?? 'nameless';
    return {
      value: { words: `${words}${other}` },
      prepare: () => void events.push(`prepare ${made}`),
      dispose: () => void events.push(`dispose ${made}`),
    };
  },
};

const loudGreeting: ResourceFeature<string, Greeting> = {
  kind: greetingKind,
  maker: 'loud',
  schema: z.string(),
  create: (_name, words) => ({ value: { words: words.toUpperCase() } }),
};

const greet: Feature<unknown> = {
  name: 'greet',
  levels: ['route'],
  phases: ['origin'],
  combine: 'replace',
  schema: z.strictObject({ with: z.unknown() }),
  create: (options, services) => {
    const { words } = services.resource(greetingKind, (options as { with: unknown }).with, ['with']);
    return origin(({ response }) => {
      response.body = words;
    });
  },
};

/** Runs the features in its options for one path alone. */
const only: Feature<{ path: string; do: unknown }> = {
  name: 'only',
  levels: ['route'],
  phases: ['transform'],
  combine: 'add',
  schema: z.strictObject({ path: z.string(), do: z.unknown() }),
  create: async ({ path, do: options }, services) => {
    const inner = composeLayers(await services.nested(options, ['do']));
    return {
      layers: [
        {
          phase: 'transform',
          run: (context, next) => (context.request.path === path ? inner(context, next) : next(context)),
        },
      ],
    };
  },
};

export const definition = defineDistribution({
  features: [
    text,
    files,
    mark('limit', 'quota', 'add'),
    mark('guard', 'auth', 'add'),
    mark('edge', 'edge', 'replace'),
    mark('pace', 'quota', 'replace'),
    mark('shield', 'shield', 'add'),
    rewrite,
    greet,
    only,
  ],
  resources: [plainGreeting, loudGreeting],
  sections: {
    accessLog: z.enum(['console', 'off']).default('console'),
    limits: z
      .strictObject({ maxBytes: z.int().min(1).max(9000).optional(), keepAliveTimeoutMs: z.int().optional() })
      .default({}),
  },
});

const ignore = (): void => undefined;

export function testServices() {
  return createDistributionServices({
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    clock: { now: () => 0, schedule: () => ignore },
  });
}
