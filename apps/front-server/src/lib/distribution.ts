import { accessLogFeature, standardFeatures, standardResources } from '@windhover/features';
import { defineHost } from '@windhover/host';
import { limitsSchema } from './limits-schema.ts';
import { planned } from './planned.ts';

/**
 * What this server is made of. Another distribution is another list.
 *
 * @param writeAccess takes the lines of the access log
 */
export function distribution(writeAccess: (line: string) => void) {
  return defineHost({
    features: [accessLogFeature(writeAccess), ...standardFeatures],
    resources: standardResources,
    sections: { limits: limitsSchema.prefault({}) },
    defaults: { accessLog: 'console', errorPages: true },
    planned,
  });
}
