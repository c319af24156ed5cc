import type { Feature } from '@windhover/core/feature';
import { type ConnectionFilterSettings, connectionFilterSchema } from './ip-filter-schema.ts';
import { makeIpFilter } from './make-ip-filter.ts';

/** `connectionFilter`: which connections a listener takes, by address, network and domain name. */
export const connectionFilterFeature: Feature<ConnectionFilterSettings> = {
  name: 'connectionFilter',
  levels: ['listener'],
  phases: ['connection'],
  combine: 'add',
  schema: connectionFilterSchema,
  create(given, services) {
    const { filter, prepare } = makeIpFilter(given, services, null);
    return { layers: [{ phase: 'connection', run: filter.connectionMiddleware }], prepare };
  },
};
