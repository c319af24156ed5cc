import type { HttpContext, Outcome } from '@windhover/core';

/** Which requests are kept. All that a rule names must be true of a request. */
export interface TraceRule {
  /** Statuses, from the first to the last one of each range. 0 stands for requests without an answer. Default: all. */
  readonly status?: readonly (readonly [first: number, last: number])[];
  /** Requests that took at least so many milliseconds. Default: all. */
  readonly slowerThanMs?: number;
  /** Paths that are these or lie below them. Default: all. */
  readonly paths?: readonly string[];
  /** Methods, in capitals. Default: all. */
  readonly methods?: readonly string[];
  /** The share of the requests that are kept, above 0 and up to 1. Default: 1. */
  readonly share?: number;
}

/** The rules that are meant when nobody names any: what failed, or took longer than people wait. */
export const usualRules: readonly TraceRule[] = [
  {
    status: [
      [500, 599],
      [0, 0],
    ],
  },
  { slowerThanMs: 5000 },
];

/** Whether a request that has ended is kept. `random` is a number from 0 up to 1. */
export function matchesRule(
  { status, slowerThanMs, paths, methods, share }: TraceRule,
  { request }: Pick<HttpContext, 'request'>,
  outcome: Pick<Outcome, 'status' | 'startedAt' | 'endedAt'>,
  random: number,
): boolean {
  if (status?.some(([first, last]) => outcome.status >= first && outcome.status <= last) === false) return false;
  if (slowerThanMs !== undefined && outcome.endedAt - outcome.startedAt < slowerThanMs) return false;
  if (methods?.includes(request.method) === false) return false;
  if (paths?.some((path) => isBelow(request.path, path)) === false) return false;
  return share === undefined || random < share;
}

/** Describes a rule: `status 500-599 or no answer, slower than 2000 ms`. */
export function describeRule({ status, slowerThanMs, paths, methods, share }: TraceRule): string {
  const parts = [
    status === undefined ? '' : describeStatus(status),
    slowerThanMs === undefined ? '' : `slower than ${slowerThanMs} ms`,
    paths === undefined ? '' : `path ${paths.join(', ')}`,
    methods === undefined ? '' : `method ${methods.join(', ')}`,
    share === undefined ? '' : `${share * 100} %`,
  ];
  return parts.filter((part) => part !== '').join(', ') || 'every request';
}

/** 0 is in no range that people think of as statuses. */
function describeStatus(ranges: NonNullable<TraceRule['status']>): string {
  const named = ranges
    .filter(([, last]) => last > 0)
    .map(([first, last]) => (first === last ? `${first}` : `${Math.max(first, 1)}-${last}`));
  const statuses = named.length === 0 ? [] : [`status ${named.join(', ')}`];
  return [...statuses, ...(ranges.some(([first]) => first === 0) ? ['no answer'] : [])].join(' or ');
}

function isBelow(path: string, of: string): boolean {
  return path === of || path.startsWith(of.endsWith('/') ? of : `${of}/`);
}
