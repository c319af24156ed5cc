import { redactTarget } from '@windhover/access-log';
import { HttpError, ownString } from '@windhover/core';
import { recorderKey } from '@windhover/request-trace';
import type { RequestUnderWay } from '@windhover/server';

/** More than anybody reads; a server may have a hundred thousand under way. */
const maxListed = 1000;
const maxUrl = 2000;

/** A request that is being answered, as plain data. */
export interface ListedRequest {
  /** Names it in this process. */
  readonly id: string;
  readonly method: string;
  readonly host: string;
  readonly url: string;
  readonly client: string;
  readonly site: string | null;
  readonly route: string | null;
  /** The layer that it is in, where `requestTrace` records it; otherwise `receiving`, `handling` or `answering`. */
  readonly stage: string;
  readonly startedAt: number;
  /** `null`: not decided. */
  readonly status: number | null;
}

/** Lists requests under way, the oldest first. */
export function listRequests(underWay: readonly RequestUnderWay[]): readonly ListedRequest[] {
  return [...underWay]
    .sort((one, other) => one.startedAt - other.startedAt)
    .slice(0, maxListed)
    .map(listRequest);
}

/** Ends a request: with a 503, or by cutting the answer off if it has begun. Returns whether it was still under way. */
export function abortRequest(underWay: readonly RequestUnderWay[], id: string): boolean {
  const found = underWay.find((each) => idOf(each) === id);
  found?.context.abort(new HttpError(503, 'FRONT_REQUEST_ENDED', 'An administrator has ended this request'));
  return found !== undefined;
}

function listRequest(underWay: RequestUnderWay): ListedRequest {
  const { context, startedAt, stage } = underWay;
  const { request, response, site, route, client } = context;
  const inside = stage === 'answering' ? null : (context.get(recorderKey)?.current ?? null);
  return {
    id: idOf(underWay),
    method: ownString(request.method),
    host: ownString(request.host),
    url: ownString(redactTarget(request.target).slice(0, maxUrl)),
    client: client.address,
    site: site === '' ? null : site,
    route: route === '' ? null : route,
    stage: inside ?? stage,
    startedAt,
    status: stage === 'answering' ? response.status : null,
  };
}

/** A connection has one request at a time from each moment. */
function idOf({ context, startedAt }: RequestUnderWay): string {
  return `${context.connection.id}-${startedAt}`;
}
