import { decompressRequests } from '@windhover/compression';
import { size } from '@windhover/config';
import type { Feature, Reason } from '@windhover/core/feature';
import { z } from 'zod';

const schema = z
  .union([
    z.literal(true),
    z.strictObject({
      maxSize: size()
        .nullable()
        .exactOptional()
        .describe(
          'The largest body after decompression; 413 beyond. Default: 30MB, as without compression. null: no limit.',
        ),
      maxRatio: z
        .int()
        .min(1)
        .nullable()
        .exactOptional()
        .describe(
          'How many bytes one byte may become, beyond the first MiB; 413 beyond. Default: 100; texts stay below 20, files made to fill the memory reach 1,000. null: no limit.',
        ),
      maxCodings: z
        .int()
        .min(1)
        .max(4)
        .exactOptional()
        .describe('How many codings a body may have, one inside the other; with more, the answer is 415. Default: 2.'),
    }),
  ])
  .describe('Decompresses request bodies. Default: off, since a proxy passes them on unchanged.');

/** `decompress`: decompresses the bodies of requests. */
export const decompressFeature: Feature<z.output<typeof schema>> = {
  name: 'decompress',
  levels: ['top', 'site', 'route'],
  phases: ['transform'],
  combine: 'replace',
  schema,
  create: (options) => ({
    layers: [
      {
        phase: 'transform',
        run: decompressRequests(toOptions(options)),
        explain: ({ headers }) => [reasonFor(headers.get('content-encoding'))],
      },
    ],
  }),
};

function reasonFor(coding: string | undefined): Reason {
  if (coding === undefined) return { decision: 'does nothing', because: 'the body has no Content-Encoding' };
  return { decision: 'decompresses the body', because: `its Content-Encoding is ${coding}` };
}

function toOptions(options: z.output<typeof schema>) {
  if (options === true) return {};
  const { maxSize, ...same } = options;
  return { ...same, ...(maxSize === undefined ? {} : { maxBytes: maxSize }) };
}
