import { OptionsError } from '@windhover/config';
import { composeLayers, type Feature } from '@windhover/core/feature';
import { fallback } from '@windhover/respond';
import { z } from 'zod';

const schema = z
  .looseObject({
    on: z
      .array(z.int().min(400).max(599))
      .min(1)
      .default([502, 503, 504])
      .describe('The statuses on which it is used. Default: [502, 503, 504], the upstream did not answer.'),
  })
  .describe(
    'Answers what the route fails to answer with other features: `fallback: { static: ./offline }`, or `fallback: { proxy: spare }`. Any feature of a route may stand beside `on`. If they do not answer either, the failure is answered. An upstream gets the body of the request only if nobody has read it yet, or it was kept (`proxy.keepBody`).',
  );

/** `fallback`: answers what the route fails to answer. */
export const fallbackFeature: Feature<z.output<typeof schema>> = {
  name: 'fallback',
  levels: ['route'],
  phases: ['transform'],
  combine: 'replace',
  schema,
  async create({ on, ...features }, { nested, log }) {
    const layers = await nested(features);
    if (!layers.some(({ phase }) => phase === 'origin'))
      throw new OptionsError([{ path: [], message: 'expected a feature that answers, such as `static` or `proxy`' }]);
    const reason = {
      decision: `answers with ${Object.keys(features).join(', ')} instead`,
      because: `if the status is ${on.join(', ')}`,
    };
    const run = fallback(composeLayers(layers), { on, log });
    return { showsOtherPaths: true, layers: [{ phase: 'transform', run, explain: () => [reason] }] };
  },
};
