import { type ListenAddress, parseListenAddress } from '@windhover/config/read';

/** The section `metrics`: where metrics and health checks are served. */
export interface MetricsSection {
  readonly listen: ListenAddress;
}

/** The port that is assigned to nobody else among the exporters of Prometheus. */
export const defaultMetricsPort = 9145;

/** The loopback address: metrics tell a lot about a service, and nobody has to log in to see them. */
const loopback = '127.0.0.1';

/** The address of a text or port; a port alone is one of this machine only. `null`: it is not an address. */
export function metricsAddress(written: string | number): ListenAddress | null {
  const address = parseListenAddress(written);
  if ('expected' in address) return null;
  return /^[0-9]+$/.test(String(written)) ? { ...address, host: loopback } : address;
}

/**
 * Reads the section without its schema, for a program that must stay small. `null`: nothing is served; `undefined`: the
 * section is wrong.
 */
export function readMetricsSection(written: unknown): MetricsSection | null | undefined {
  if (written === undefined || written === null || written === false) return null;
  if (written === true) return readMetricsSection(defaultMetricsPort);
  if (typeof written === 'object') {
    const { listen = defaultMetricsPort } = written as { readonly listen?: unknown };
    return typeof listen === 'object' ? undefined : readMetricsSection(listen);
  }
  const listen = typeof written === 'string' || typeof written === 'number' ? metricsAddress(written) : null;
  return listen === null ? undefined : { listen };
}
