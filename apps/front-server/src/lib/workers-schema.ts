import { duration } from '@windhover/config';
import { z } from 'zod';

/** `workers`: how many processes serve. */
export const workersSchema = z
  .union([z.int().min(0).max(1024), z.literal('auto')])
  .default(1)
  .describe(
    'How many worker processes serve: a number, or `auto` for one per core. Default: 1, which is replaced if it crashes. 0 runs everything in one process, as always on Windows.',
  );

/** `watch`: whether a changed file is taken at once. */
export const watchSchema = z
  .boolean()
  .default(false)
  .describe(
    'Whether the configuration is taken anew when one of its files changes. Default: false: `windhover reload` does it.',
  );

/** `oldStreams`: how long what began before a reload may go on. */
export const oldStreamsSchema = duration(1000)
  .nullable()
  .default(24 * 60 * 60 * 1000)
  .describe(
    'How long streams and tunnels that began before a reload may go on by the configuration that they began with. Default: 24h: one that is forgotten should not keep it for ever. null: for ever.',
  );
