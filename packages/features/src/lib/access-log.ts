import { accessLog, type FormatAccess } from '@windhover/console';
import type { Feature } from '@windhover/core/feature';
import { orAlone } from '@windhover/host';
import { z } from 'zod';

const schema = orAlone(
  'to',
  z.strictObject({
    to: z.enum(['console', 'off']).default('console').describe('console, or off. Default: console.'),
  }),
).describe('Where a line for each request goes.');

/**
 * `accessLog`: writes a line for each request through `write`.
 *
 * @param format formats the line. Default: `formatAccessLine`
 */
export function accessLogFeature(
  write: (line: string) => void,
  format?: FormatAccess,
): Feature<z.output<typeof schema>> {
  return {
    name: 'accessLog',
    levels: ['top', 'site', 'route'],
    phases: ['edge'],
    combine: 'replace',
    schema,
    create: ({ to }) => ({ layers: to === 'off' ? [] : [{ phase: 'edge', run: accessLog(write, format) }] }),
  };
}
