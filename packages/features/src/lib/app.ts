import { resolve } from 'node:path';
import { appGate } from '@windhover/app-pool';
import { duration, orAlone } from '@windhover/config';
import { compose, type HttpContext, type HttpRequest } from '@windhover/core';
import type { Feature, Reason } from '@windhover/core/feature';
import { type ReverseProxyOptions, reverseProxy, upstreamTarget } from '@windhover/proxy';
import { z } from 'zod';
import { appKind } from './apps.ts';
import { readSplash } from './read-splash.ts';

const timeout = duration(1);

const schema = orAlone(
  'name',
  z.strictObject({
    name: z.string().min(1).describe('The name of one of `apps`.'),
    stripPrefix: z
      .boolean()
      .default(false)
      .describe("Whether the route's path is taken off before the application sees it. Default: false."),
    timeout: timeout.nullable().exactOptional().describe('How long it may take until its answer begins. Default: 60s.'),
    bodyTimeout: timeout
      .nullable()
      .exactOptional()
      .describe('How long it may be silent within an answer. Default: 60s.'),
    splash: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Another page than that of the application, shown on this route while it starts.'),
    tunnelIdle: timeout
      .nullable()
      .exactOptional()
      .describe('How long an upgraded connection may be silent both ways. Default: 1h.'),
  }),
).describe('Passes requests on to one of `apps`, whose processes this server runs.');

type Options = z.output<typeof schema>;

/** `app`: passes requests on to an application that this server runs. */
export const appFeature: Feature<Options> = {
  name: 'app',
  levels: ['route'],
  phases: ['origin'],
  combine: 'replace',
  schema,
  create(options, services) {
    const { name, stripPrefix } = options;
    const app = services.resource(appKind, name, ['name']);
    const { clock, stopping, location } = services;
    const prefix = stripPrefix ? (location.route ?? '/') : null;
    const proxyOptions = toProxyOptions(options, prefix);
    // A reload that changes nothing here keeps the connections.
    const proxy = services.lease(
      'app',
      JSON.stringify([app.upstreams.id, proxyOptions]),
      () => reverseProxy(app.upstreams, proxyOptions),
      (leased) => leased.close(),
    );
    const own =
      options.splash === undefined ? null : readSplash(resolve(location.directory, options.splash), ['splash']);
    const gate = appGate(app.view, { clock, stopping, queue: app.queue, splash: own ?? app.splash });
    const explain = (request: HttpRequest): readonly Reason[] => {
      const target = upstreamTarget(request, prefix, 'canonical');
      const { command, settings } = app.definition;
      // Arguments may be secrets, and whoever may look may ask for an explanation.
      const because = `it runs \`${command[0]}\`, ${settings.instances === 1 ? '1 instance' : `${settings.instances} instances`}`;
      return [{ decision: `forwards ${target} to the application \`${name}\``, because, answers: true }];
    };
    return { layers: [{ phase: 'origin', run: compose<HttpContext>([gate], proxy), explain }] };
  },
};

function toProxyOptions({ timeout, bodyTimeout, tunnelIdle }: Options, prefix: string | null): ReverseProxyOptions {
  return {
    ...(prefix === null ? {} : { stripPrefix: prefix }),
    ...(timeout === undefined ? {} : { headTimeoutMs: timeout }),
    ...(bodyTimeout === undefined ? {} : { bodyTimeoutMs: bodyTimeout }),
    ...(tunnelIdle === undefined ? {} : { tunnelIdleMs: tunnelIdle }),
  };
}
