import { orAlone } from '@windhover/config';
import { parseListenAddress } from '@windhover/config/read';
import { z } from 'zod';
import { defaultMetricsPort, type MetricsSection, metricsAddress } from './metrics-section.ts';

const listen = z
  .union([z.int().meta({ title: 'a port' }), z.string().meta({ title: 'an address as a text' })])
  .superRefine((written, context) => {
    const address = parseListenAddress(written);
    if ('expected' in address) context.addIssue({ code: 'custom', message: `expected ${address.expected}` });
  });

const options = z.strictObject({
  listen: listen
    .default(defaultMetricsPort)
    .describe(
      'The address. Default: 127.0.0.1:9145. A port alone is one of 127.0.0.1, since nobody has to log in; "*:9145" is every address.',
    ),
});

/**
 * Creates the schema of the section `metrics`. Its output is `null` if nothing is to be served: without the section,
 * and for `false`.
 */
export function metricsSchema(): z.ZodType<MetricsSection | null> {
  return z
    .union([z.boolean(), orAlone('listen', options)])
    .nullable()
    .default(null)
    .transform((written): MetricsSection | null => {
      if (written === null || written === false) return null;
      return { listen: metricsAddress(written === true ? defaultMetricsPort : written.listen)! };
    })
    .describe(
      'Serves /metrics for Prometheus, and /health/live, /health/ready and /health/upstreams for whoever watches the server. true: on 127.0.0.1:9145.',
    );
}
