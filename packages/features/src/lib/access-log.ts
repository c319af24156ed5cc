import { accessLog } from '@windhover/console';
import type { Feature } from '@windhover/core/feature';
import { z } from 'zod';

const schema = z.enum(['console', 'off']).describe('Where a line for each request goes.');

/** `accessLog`: a line for each request, which `write` takes. */
export function accessLogFeature(write: (line: string) => void): Feature<z.output<typeof schema>> {
  return {
    name: 'accessLog',
    levels: ['top', 'site', 'route'],
    phases: ['edge'],
    combine: 'replace',
    schema,
    create: (target) => ({ layers: target === 'off' ? [] : [{ phase: 'edge', run: accessLog(write) }] }),
  };
}
