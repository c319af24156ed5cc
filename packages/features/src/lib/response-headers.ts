import type { Feature } from '@windhover/core/feature';
import { changeHeaders } from '@windhover/headers';
import { z } from 'zod';
import { describeChanges, headerFields } from './header-fields.ts';

const schema = z
  .strictObject({
    ...headerFields,
    statuses: z
      .array(z.int().min(100).max(599))
      .min(1)
      .exactOptional()
      .describe('Changes only answers with one of these statuses. Default: all, errors too.'),
    types: z
      .array(z.string().min(1))
      .min(1)
      .exactOptional()
      .describe('Changes only answers of these media types; `text/*` is every text. Default: all.'),
  })
  .describe('Sets, adds and removes headers of answers. Several are given as a list.');

/** `responseHeaders`: changes headers of answers. */
export const responseHeadersFeature: Feature<z.output<typeof schema>> = {
  name: 'responseHeaders',
  levels: ['top', 'site', 'route'],
  phases: ['edge'],
  combine: 'add',
  schema,
  create(options) {
    const { statuses = [], types = [] } = options;
    const wanted = [statuses.join(' or '), types.join(' or ')].filter((text) => text !== '');
    const because = wanted.length === 0 ? 'on every answer' : `if the answer is ${wanted.join(' and ')}`;
    const reasons = describeChanges(options).map((decision) => ({ decision, because }));
    return { layers: [{ phase: 'edge', run: changeHeaders(options), explain: () => reasons }] };
  },
};
