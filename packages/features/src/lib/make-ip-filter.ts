import { OptionsError } from '@windhover/config';
import type { Services } from '@windhover/core/feature';
import { IpFilter, type IpFilterObserver, type IpFilterOptions } from '@windhover/ip-filter';
import { readEntries } from './ip-filter-lists.ts';
import type { ConnectionFilterSettings } from './ip-filter-schema.ts';

/** A filter with its lists, which `prepare` reads. */
export interface MadeIpFilter {
  readonly filter: IpFilter;
  prepare(): Promise<void>;
}

/** Makes the filter of a configuration. @param answers what only a filter of requests has; `null` for connections */
export function makeIpFilter(
  given: ConnectionFilterSettings,
  services: Services,
  answers: Pick<IpFilterOptions, 'by' | 'answer'> | null,
): MadeIpFilter {
  const { rules, lists } = readEntries(given, services);
  const { clock, log } = services;
  const options: IpFilterOptions = {
    ...toOptions(given),
    ...rules,
    ...answers,
    observer: observerFor(services),
    log,
    clock,
  };
  const prepare = async (): Promise<void> => {
    for (const list of lists) await list.load();
  };
  try {
    return { filter: new IpFilter(options, answers === null ? 'connections' : 'requests'), prepare };
  } catch (error) {
    throw new OptionsError([{ path: [], message: (error as Error).message }]);
  }
}

function toOptions({ unlisted, order, dryRun, names = {} }: ConnectionFilterSettings): IpFilterOptions {
  const { timeout, ttl, negativeTtl, ...others } = names;
  return {
    ...(unlisted === undefined ? {} : { unlisted }),
    ...(order === undefined ? {} : { order }),
    ...(dryRun === undefined ? {} : { dryRun }),
    names: {
      ...others,
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
      ...(ttl === undefined ? {} : { ttlMs: ttl }),
      ...(negativeTtl === undefined ? {} : { negativeTtlMs: negativeTtl }),
    },
  };
}

function observerFor({ metrics, location }: Services): IpFilterObserver {
  const clients = metrics.counter(
    'windhover_ip_filter_denied_total',
    'Requests and connections that an address filter kept out, or would have kept out in a dry run.',
    ['listener', 'site', 'route', 'result'],
  );
  const of = (result: string) => clients.of(location.listener ?? '', location.site ?? '', location.route ?? '', result);
  const denied = of('denied');
  const dry = of('dry-run');
  return { denied: (_decision, isDryRun) => (isDryRun ? dry : denied).add() };
}
