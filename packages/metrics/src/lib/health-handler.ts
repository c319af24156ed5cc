import type { Handler, HttpContext, HttpResponse } from '@windhover/core';

/** The state of one upstream. */
export interface UpstreamHealth {
  readonly name: string;
  /** Whether requests are sent to it. */
  readonly healthy: boolean;
  /** More facts, such as its addresses; they are shown as they are. */
  readonly [fact: string]: unknown;
}

/** Options of `healthHandler`. */
export interface HealthOptions {
  /** Whether the process works at all; if not, whoever watches it should restart it. Default: always. */
  readonly live?: () => boolean | Promise<boolean>;
  /** Whether new requests should be sent here; not while it starts or stops. Default: always. */
  readonly ready?: () => boolean | Promise<boolean>;
  /** The states of the upstreams. Default: none. */
  readonly upstreams?: () => readonly UpstreamHealth[] | Promise<readonly UpstreamHealth[]>;
}

const yes = (): boolean => true;
const none = (): readonly UpstreamHealth[] => [];

/**
 * Answers `/health/live` and `/health/ready` with 200, or 503 if the answer is no, and `/health/upstreams` with the
 * states of the upstreams. Everything is JSON. A check that throws counts as no. Passes other paths on by not answering
 * them.
 */
export function healthHandler({ live = yes, ready = yes, upstreams = none }: HealthOptions = {}): Handler<HttpContext> {
  return async function healthHandler({ request, response }) {
    switch (request.path) {
      case '/health/live':
        return answer(response, await check(live), 'live');
      case '/health/ready':
        return answer(response, await check(ready), 'ready');
      case '/health/upstreams':
        return show(response, 200, { upstreams: await upstreams() });
    }
  };
}

async function check(question: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return (await question()) === true;
  } catch {
    return false; // a check that fails is the answer that was looked for
  }
}

function answer(response: HttpResponse, isSo: boolean, what: 'live' | 'ready'): void {
  show(response, isSo ? 200 : 503, { status: isSo ? what : `not ${what}` });
}

function show(response: HttpResponse, status: number, value: object): void {
  response.status = status;
  response.headers.set('Content-Type', 'application/json');
  response.headers.set('Cache-Control', 'no-store');
  response.body = `${JSON.stringify(value)}\n`;
}
