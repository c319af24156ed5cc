import type { Feature } from '@windhover/core/feature';
import { changeHeaders } from '@windhover/headers';
import { z } from 'zod';
import { describeChanges, headerFields } from './header-fields.ts';

const schema = z
  .strictObject(headerFields)
  .describe('Sets, adds and removes headers of requests, for everything further inside. Several are given as a list.');

/** `requestHeaders`: changes headers of requests. */
export const requestHeadersFeature: Feature<z.output<typeof schema>> = {
  name: 'requestHeaders',
  levels: ['top', 'site', 'route'],
  phases: ['edge'],
  combine: 'add',
  schema,
  create(options) {
    const reasons = describeChanges(options).map((decision) => ({ decision, because: 'on every request' }));
    return { layers: [{ phase: 'edge', run: changeHeaders({ request: options }), explain: () => reasons }] };
  },
};
