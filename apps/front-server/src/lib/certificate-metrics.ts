import type { Stapler } from '@windhover/certificates';
import type { Configuration, MetricFamily } from '@windhover/config';
import { ftpOf, tlsOf } from '@windhover/features';
import { checkedCertificate } from '@windhover/transport';

/** The feature `certificates` has this gauge too, for those that it gets and those of a folder. */
const expiryName = 'windhover_certificate_expiry_timestamp_seconds';
const expiryHelp = 'When the certificate of a name expires, in seconds since the epoch.';

/**
 * Adds what the server shows its clients: when the certificates in files end, and the answers of OCSP responders. All of it is in memory.
 *
 * @param families what features count
 */
export function withCertificates(
  families: readonly MetricFamily[],
  config: Pick<Configuration, 'listeners' | 'sites' | 'features'>,
  stapler: Pick<Stapler, 'list'>,
): readonly MetricFamily[] {
  const registered = families.find(({ name }) => name === expiryName);
  const ends = new Map((registered?.series ?? []).map(({ labels, value }) => [labels[0]!, value]));
  for (const { names, validTo } of filesOf(config)) keepLeast(ends, names, validTo / 1000);
  const staples = stapler.list();
  const present = new Map<string, number>();
  const goodUntil = new Map<string, number>();
  const failedAt = new Map<string, number>();
  for (const { names, goodUntil: until, lastError } of staples) {
    const name = names.join(', ');
    keepLeast(present, name, until === null ? 0 : 1);
    keepLeast(goodUntil, name, (until ?? 0) / 1000);
    if (lastError !== null) keepLeast(failedAt, name, lastError.atMs / 1000);
  }
  return [
    ...families.filter((each) => each !== registered),
    gauge(expiryName, expiryHelp, ends),
    gauge('windhover_ocsp_staple_up', 'Whether an answer of its OCSP responder is sent with a certificate.', present),
    gauge(
      'windhover_ocsp_staple_expiry_timestamp_seconds',
      'Until when that answer is good, in seconds since the epoch; 0 without one.',
      goodUntil,
    ),
    gauge(
      'windhover_ocsp_staple_error_timestamp_seconds',
      'When the responder failed the last time, in seconds since the epoch, unless it has answered since.',
      failedAt,
    ),
  ].filter(({ series }) => series.length > 0);
}

function filesOf({ listeners, sites, features }: Pick<Configuration, 'listeners' | 'sites' | 'features'>) {
  const ofFtp = ftpOf(features).flatMap(({ certificate }) => certificate ?? []);
  const files = [...listeners, ...sites].flatMap((each) => tlsOf(each.features)?.files ?? []);
  return [...files, ...ofFtp].flatMap((each) => {
    const checked = checkedCertificate(each);
    return checked === null ? [] : [{ names: checked.names.join(', ') || each.certFile, validTo: checked.validTo }];
  });
}

/** Of several certificates for the same names the one that ends first is the one to look at. */
function keepLeast(values: Map<string, number>, name: string, value: number): void {
  values.set(name, Math.min(value, values.get(name) ?? value));
}

function gauge(name: string, help: string, values: ReadonlyMap<string, number>): MetricFamily {
  const series = [...values].map(([label, value]) => ({ labels: [label], value, buckets: [] }));
  return { name, help, type: 'gauge', labels: ['name'], bounds: [], series };
}
