import { z } from 'zod';
import { wholeNumber } from './look-routes.ts';
import { type AdminRoute, route } from './route.ts';
import { poolSchema, thingSchema } from './schemas.ts';

const pool = { method: 'POST', area: 'pools', role: 'operate', answer: null } as const;

/** What acts on what runs. */
export const operateRoutes: readonly AdminRoute[] = [
  {
    ...{ method: 'GET', path: '/pools', area: 'pools', role: 'look', action: null, answer: z.array(poolSchema) },
    summary: 'Applications in processes of their own',
    run: ({ host }) => host.target.pools!.list(),
  },
  {
    ...{ ...pool, path: '/pools/{name}/start', action: 'start pool' },
    summary: 'Start an application that was stopped or has failed',
    run: ({ host, names: [name] }) => host.target.pools!.start(name!),
  },
  {
    ...{ ...pool, path: '/pools/{name}/stop', action: 'stop pool' },
    summary: 'Stop an application after its requests; later ones get 503',
    run: ({ host, names: [name] }) => host.target.pools!.stop(name!),
  },
  {
    ...{ ...pool, path: '/pools/{name}/recycle', action: 'recycle pool' },
    summary: 'Replace the processes of an application without losing a request',
    run: ({ host, names: [name] }) => host.target.pools!.recycle(name!),
  },
  {
    ...{ method: 'GET', path: '/pools/{name}/log', area: 'pools', role: 'look', action: null },
    answer: z.object({ lines: z.array(z.string()) }),
    summary: 'What an application has written last, oldest first',
    query: { lines: '1 to 500; default: 100' },
    run: async ({ host, names: [name], query }) => ({
      lines: await host.target.pools!.log(name!, wholeNumber(query, 'lines', 100, 500)),
    }),
  },
  {
    ...{ method: 'GET', path: '/things', area: 'things', role: 'look', action: null, answer: z.array(thingSchema) },
    summary: 'What features let administrators see: upstreams, caches and more',
    query: { kind: 'Only those of this kind' },
    async run({ host, query }) {
      const kind = query.get('kind');
      return (await host.target.things!.list()).filter((thing) => kind === null || thing.kind === kind);
    },
  },
  route({
    ...{ method: 'POST', path: '/things/{kind}/{name}/{action}', area: 'things', role: 'operate', action: 'act' },
    answer: z.object({ result: z.unknown() }),
    summary: 'Do what a thing offers: drain a server, purge a cache',
    body: z.record(z.string(), z.unknown()),
    detail: ({ body }) => JSON.stringify(body),
    run: async ({ host, names: [kind, name, action], body }) => ({
      result: (await host.target.things!.act(kind!, name!, action!, body)) ?? null,
    }),
  }),
];
