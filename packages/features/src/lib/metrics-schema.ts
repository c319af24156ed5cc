import { type ListenAddress, orAlone, parseListenAddress } from '@windhover/host';
import { z } from 'zod';

/** The section `metrics`: where metrics and health checks are served. */
export interface MetricsSection {
  readonly listen: ListenAddress;
}

/** The loopback address: metrics tell a lot about a service, and nobody has to log in to see them. */
const loopback = '127.0.0.1';
const defaultPort = 9145;

const listen = z
  .union([z.int().meta({ title: 'a port' }), z.string().meta({ title: 'an address as a text' })])
  .superRefine((written, context) => {
    const address = parseListenAddress(written);
    if ('expected' in address) context.addIssue({ code: 'custom', message: `expected ${address.expected}` });
  });

const options = z.strictObject({
  listen: listen
    .default(defaultPort)
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
      return { listen: toAddress(written === true ? defaultPort : written.listen) };
    })
    .describe(
      'Serves /metrics for Prometheus, and /health/live, /health/ready and /health/upstreams for whoever watches the server. true: on 127.0.0.1:9145.',
    );
}

function toAddress(written: string | number): ListenAddress {
  const address = parseListenAddress(written) as ListenAddress; // checked above
  return /^[0-9]+$/.test(String(written)) ? { ...address, host: loopback } : address;
}
