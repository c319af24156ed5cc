import type { ClientIdentity, HttpRequest } from '@windhover/core';
import type { Feature, Reason } from '@windhover/core/feature';
import type { IpFilter, IpList } from '@windhover/ip-filter';
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
    const { filter, prepare } = makeIpFilter(given, services, { by, answer });
    const explain = (_request: HttpRequest, client: ClientIdentity): readonly Reason[] => [
      explainFilter(filter, { ...given, by, answer }, client),
    ];
    return { layers: [{ phase: 'shield', run: filter.middleware, explain }], prepare };
  },
};

function explainFilter(
  filter: IpFilter,
  { answer = 'forbidden', dryRun = false, by = 'client' }: IpFilterSettings,
  { address, source }: ClientIdentity,
): Reason {
  if (by === 'connection' && source !== 'connection')
    return { decision: 'looks at the address of the connection', because: 'the client is behind a proxy' };
  const unread: IpList[] = [];
  const decision = filter.look(address, unread);
  const status = answer === 'abort' ? {} : { status: statuses[answer] };
  const refused = answer === 'abort' ? 'closes the connection' : `answers ${statuses[answer]}`;
  const unless = dryRun ? {} : { unless: refused };
  if (decision === null)
    return { decision: 'looks up the name of the client', because: 'a rule names a domain', ...unless };
  const because = decision.rule;
  if (unread.length > 0) {
    const which = `only the running server has ${unread.map(({ name }) => name).join(', ')}`;
    return {
      decision: 'depends on a list that is not read here',
      because: `${which}; without it: ${because}`,
      ...unless,
    };
  }
  if (decision.isAllowed) return { decision: 'lets the client in', because };
  if (dryRun) return { decision: 'would keep the client out', because: `${because}, but it only counts` };
  return { decision: refused, because, answers: true, ...status };
}
