import type { Feature } from '@windhover/core/feature';
import { z } from 'zod';
import { defineHost } from './define-host.ts';
import { listenSchema } from './listen-address.ts';
import { createLocalHost } from './local-host.ts';
import { OptionsError } from './options-error.ts';

/** What the features of the tests did, in order. */
export const events: string[] = [];

const text: Feature<{ text: string }> = {
  name: 'text',
  place: 'handler',
  schema: z.strictObject({ text: z.string() }),
  create: (options) => ({
    handler: ({ response }) => {
      response.status = 200;
      response.body = options.text;
    },
    start: () => {
      events.push(`start ${options.text}`);
      if (options.text === 'broken') throw new Error('It does not start');
    },
    dispose: () => void events.push(`dispose ${options.text}`),
  }),
};

const files: Feature<{ root: string; mode: string }> = {
  name: 'static',
  place: 'handler',
  schema: z.strictObject({ root: z.string(), mode: z.enum(['plain', 'packed']).default('plain') }),
  create: ({ root }, host) => {
    if (host.location.route?.startsWith('/') !== true) throw new Error('The route is not a path');
    if (root.includes('missing'))
      throw new OptionsError([{ path: ['root'], message: 'expected a folder that exists' }]);
    const { directory, site, route } = host.location;
    return {
      handler: ({ response }) => {
        response.status = 200;
        response.body = [directory, site, route, root].join(' ');
      },
    };
  },
};

/** Writes its label around whatever is inside. */
function mark(name: string, place: Feature<unknown>['place']): Feature<{ label: string }> {
  return {
    name,
    place,
    schema: z.strictObject({ label: z.string().default(name) }),
    create: ({ label }) => ({
      middleware: async (context, next) => {
        await next(context);
        context.response.body = `${label}(${String(context.response.body ?? '').trim()})`;
      },
    }),
  };
}

export const definition = defineHost({
  features: [text, files, mark('limit', 'limit'), mark('guard', 'auth')],
  sections: {
    listen: listenSchema.default([{ port: 8080 }]),
    accessLog: z.enum(['console', 'off']).default('console'),
    limits: z
      .strictObject({ maxBytes: z.int().min(1).max(9000).optional(), keepAliveTimeoutMs: z.int().optional() })
      .default({}),
  },
});

const ignore = (): void => undefined;

export const host = createLocalHost({
  log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  clock: { now: () => 0, schedule: () => ignore },
});
