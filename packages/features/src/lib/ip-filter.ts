import type { ClientIdentity, HttpRequest } from '@windhover/core';
import type { Feature, Reason } from '@windhover/core/feature';
import type { IpFilter } from '@windhover/ip-filter';
import type { LoadedList } from './ip-filter-lists.ts';
import { type IpFilterSettings, ipFilterSchema } from './ip-filter-schema.ts';
import { makeIpFilter } from './make-ip-filter.ts';

const statuses = { forbidden: 403, unauthorized: 401, notFound: 404 } as const;

/** `ipFilter`: whom to let in, by address, network and domain name. */
export const ipFilterFeature: Feature<IpFilterSettings> = {
  name: 'ipFilter',
  levels: ['top', 'site', 'route'],
  phases: ['shield'],
  combine: 'add',
  schema: ipFilterSchema,
  create({ by = 'client', answer = 'forbidden', ...given }, services) {
    const { filter, lists, prepare } = makeIpFilter(given, services, { by, answer });
    const explain = (_request: HttpRequest, client: ClientIdentity): readonly Reason[] => [
      explainFilter(filter, { ...given, by, answer }, lists, client),
    ];
    return { layers: [{ phase: 'shield', run: filter.middleware, explain }], prepare };
  },
};

function explainFilter(
  filter: IpFilter,
  { answer = 'forbidden', dryRun = false, by = 'client' }: IpFilterSettings,
  lists: readonly LoadedList[],
  { address, source }: ClientIdentity,
): Reason {
  if (by === 'connection' && source !== 'connection')
    return { decision: 'looks at the address of the connection', because: 'the client is behind a proxy' };
  const decision = filter.look(address);
  const refused = answer === 'abort' ? 'closes the connection' : `answers ${statuses[answer]}`;
  if (decision === null)
    return { decision: 'looks up the name of the client', because: 'a rule names a domain', unless: refused };
  const unread = lists.filter(({ table }) => table === null).map(({ name }) => name);
  const because = `${decision.rule}${unread.length === 0 ? '' : `; not read here: ${unread.join(', ')}`}`;
  if (decision.isAllowed) return { decision: 'lets the client in', because };
  if (dryRun) return { decision: 'would keep the client out', because: `${because}, but it only counts` };
  return { decision: refused, because, answers: true };
}
