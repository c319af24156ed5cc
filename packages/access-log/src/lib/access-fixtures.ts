import { contextKey, type Handler, type HttpContext, type Outcome } from '@windhover/core';
import { type RunInit, runHandler } from '@windhover/testing';
import type { AccessEntry, UpstreamFacts } from './access-entry.ts';
import { compileFormat } from './compile-format.ts';
import { logRequests } from './log-requests.ts';

/** 1 March 2026, 12:00:00.123 UTC. */
export const noon = Date.UTC(2026, 2, 1, 12, 0, 0, 123);

const clock = { now: () => noon };

/** The line of a request in a format. By default it is answered with `Hello`. */
export async function lineOf(
  format: string,
  init: RunInit = {},
  handler: Handler<HttpContext> = sayHello,
): Promise<string> {
  const lines: string[] = [];
  const log = logRequests({ write: (line) => void lines.push(line) }, compileFormat(format), clock);
  await runHandler((context) => log(context, handler), { now: clock.now, ...init });
  if (lines.length !== 1) throw new Error(`expected one line, got ${lines.length}`);
  return lines[0]!;
}

/** An exchange that is over, with the facts that a test is about. */
export async function entryOf(
  outcome: Partial<Outcome> = {},
  upstream: Partial<UpstreamFacts> | null = null,
  init: RunInit = {},
): Promise<AccessEntry> {
  let context: HttpContext | null = null;
  await runHandler((given) => {
    context = given;
    sayHello(given);
  }, init);
  const usual = { status: 200, bytesSent: 5, startedAt: noon, headAt: noon, endedAt: noon, end: 'complete' } as const;
  if (upstream !== null) {
    const facts = { name: 'shop', address: 'http://10.0.0.5:3000', startedAt: noon, ...noUpstream, ...upstream };
    context!.set(contextKey<UpstreamFacts>('proxy.upstream'), facts);
  }
  return { context: context!, outcome: { ...usual, ...outcome }, path: '/', query: null, handledAt: noon };
}

const noUpstream = { connectedAt: null, headAt: null, failure: null };

function sayHello({ response }: HttpContext): void {
  response.body = 'Hello';
}
