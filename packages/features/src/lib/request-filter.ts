import { OptionsError } from '@windhover/config';
import type { HttpRequest } from '@windhover/core';
import type { Feature, Reason, Services } from '@windhover/core/feature';
import {
  type FilterObserver,
  RequestFilter,
  type RequestFilterErrorCode,
  type RequestFilterOptions,
  requestFilterErrors,
  ruleText,
} from '@windhover/request-filter';
import { type RequestFilterSettings, requestFilterSchema } from './request-filter-schema.ts';

/** `requestFilter`: refuses requests by what they ask for. */
export const requestFilterFeature: Feature<RequestFilterSettings> = {
  name: 'requestFilter',
  levels: ['top', 'site', 'route'],
  phases: ['shield'],
  combine: 'replace',
  schema: requestFilterSchema,
  create(given, services) {
    const options = toOptions(given);
    const filter = makeFilter({ ...options, observer: observerFor(services), log: services.log }, services);
    const explain = (request: HttpRequest): readonly Reason[] => [explainFilter(filter, options, request)];
    return { layers: [{ phase: 'shield', run: filter.middleware, explain }] };
  },
};

function makeFilter(options: RequestFilterOptions, { clock }: Services): RequestFilter {
  try {
    return new RequestFilter(options, clock);
  } catch (error) {
    throw new OptionsError([{ path: [], message: (error as Error).message }]);
  }
}

function toOptions({ maxUrl, maxQuery, maxBody, maxHeaders, ...same }: RequestFilterSettings): RequestFilterOptions {
  return {
    ...(same as RequestFilterOptions),
    ...(maxUrl === undefined ? {} : { maxUrlBytes: limitOf(maxUrl) }),
    ...(maxQuery === undefined ? {} : { maxQueryBytes: limitOf(maxQuery) }),
    ...(maxBody === undefined ? {} : { maxBodyBytes: limitOf(maxBody) }),
    ...(maxHeaders === undefined ? {} : { maxHeaderBytes: maxHeaders }),
  };
}

function limitOf(limit: number | 'unlimited'): number | null {
  return limit === 'unlimited' ? null : limit;
}

function explainFilter(filter: RequestFilter, options: RequestFilterOptions, request: HttpRequest): Reason {
  const announced = request.headers.get('content-length');
  const refused = filter.decide(request, announced === undefined ? null : Number(announced));
  if (refused === null) return { decision: 'lets the request in', because: 'no rule matches' };
  const because = ruleText(refused);
  if (options.dryRun === true) return { decision: 'would refuse it', because: `${because}, but it only counts` };
  if (options.refuse === 'drop') return { decision: 'closes the connection', because, answers: true };
  const status = options.status ?? refused.status;
  return { decision: `answers ${status}`, because, answers: true, status };
}

function observerFor({ metrics, location }: Services): FilterObserver {
  const requests = metrics.counter(
    'windhover_request_filter_refused_total',
    'Requests that a filter refused, or would have refused in a dry run, by the kind of rule.',
    ['site', 'route', 'reason', 'result'],
  );
  const codes = Object.keys(requestFilterErrors) as RequestFilterErrorCode[];
  const series = (result: string) =>
    new Map(
      codes.map(
        (code) => [code, requests.of(location.site ?? '', location.route ?? '', reasonOf(code), result)] as const,
      ),
    );
  const refused = series('refused');
  const dry = series('dry-run');
  return { refused: ({ code }, isDryRun) => (isDryRun ? dry : refused).get(code)!.add() };
}

/** `REQUEST_FILTER_HIDDEN_SEGMENT` is `hidden-segment`. */
function reasonOf(code: string): string {
  return code.replace('REQUEST_FILTER_', '').toLowerCase().replaceAll('_', '-');
}
