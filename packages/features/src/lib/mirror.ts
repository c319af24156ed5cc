import { OptionsError, size } from '@windhover/config';
import { composeLayers, type Feature } from '@windhover/core/feature';
import { mirror } from '@windhover/proxy';
import { z } from 'zod';

const schema = z
  .looseObject({
    share: z.number().min(0).max(1).exactOptional().describe('The share of requests that are copied. Default: 1.'),
    maxBody: size()
      .exactOptional()
      .describe('Requests with a longer body, or one of unknown length, are not copied. Default: 64KiB.'),
    maxAtOnce: z
      .int()
      .min(1)
      .exactOptional()
      .describe('Copies at a time; requests above that are not copied. Default: 100.'),
  })
  .describe(
    'Sends copies of requests elsewhere, and ignores the answers: `mirror: { proxy: staging, share: 0.1 }`. Any feature of a route may stand beside `share`. Clients do not wait for it.',
  );

/** `mirror`: sends copies of requests elsewhere. */
export const mirrorFeature: Feature<z.output<typeof schema>> = {
  name: 'mirror',
  levels: ['route'],
  phases: ['transform'],
  combine: 'replace',
  schema,
  async create({ share, maxBody, maxAtOnce, ...features }, { nested, log, track }) {
    const layers = await nested(features);
    if (!layers.some(({ phase }) => phase === 'origin'))
      throw new OptionsError([{ path: [], message: 'expected a feature that answers, such as `proxy`' }]);
    const run = composeLayers(layers);
    const options = {
      log,
      track,
      ...(share === undefined ? {} : { share }),
      ...(maxBody === undefined ? {} : { maxBodyBytes: maxBody }),
      ...(maxAtOnce === undefined ? {} : { maxAtOnce }),
    };
    const to = mirror((context) => run(context, () => undefined), options);
    return { layers: [{ phase: 'transform', run: to }] };
  },
};
