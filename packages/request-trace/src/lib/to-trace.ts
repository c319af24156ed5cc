import { isSecretField, redacted, redactTarget, redactUrl } from '@windhover/access-log';
import { contextKey, type HttpContext, type Outcome, ownString } from '@windhover/core';
import type { Reason } from '@windhover/core/feature';
import type { Trace } from './trace.ts';
import { type OpenStep, round, type TraceRecorder, toStep } from './trace-recorder.ts';

/** Longer than any value that tells something: cookies and tokens are left out anyway. */
const maxValue = 1000;
const maxFields = 100;
const maxReasons = 20;
const maxUrl = 4000;

/** What a proxy tells of its last attempt. Times are milliseconds since the epoch. */
interface UpstreamReport {
  readonly name: string;
  readonly address: string;
  readonly attempts: number;
  readonly startedAt: number;
  readonly connectedAt: number | null;
  readonly headAt: number | null;
  readonly failure: string | null;
}

const upstreamKey = contextKey<UpstreamReport>('proxy.upstream');
const refusalKey = contextKey<{ readonly code: string; readonly rule?: string }>('refusal');

/** Makes the trace of a request that has ended. Nothing in it holds on to the request. */
export function toTrace(
  context: HttpContext,
  outcome: Outcome,
  recorder: TraceRecorder,
  { id, rule }: Pick<Trace, 'id' | 'rule'>,
): Trace {
  const { request, response, site, route, client } = context;
  for (const step of recorder.steps) step.reasons ??= reasonsOf(step, context);
  const offset = performance.now() - recorder.startedAt; // since the first layer
  const total = outcome.endedAt - outcome.startedAt;
  return {
    ...{ id, rule },
    at: outcome.startedAt,
    method: ownString(request.method),
    host: ownString(request.host),
    url: ownString(redactTarget(request.target).slice(0, maxUrl)),
    client: client.address,
    site: site === '' ? null : site,
    route: route === '' ? null : route,
    status: outcome.status,
    end: outcome.end,
    duration: round(total),
    requestHeaders: fieldsOf(request.headers),
    responseHeaders: fieldsOf(response.headers),
    steps: recorder.steps.map((step) => toStep(step, recorder, Math.max(0, total - offset))),
    events: eventsOf(context, outcome),
    isCut: recorder.isCut,
  };
}

/** What a layer decides for the request as it is now, in words. Its code may be a plugin's. */
export function reasonsOf({ layer }: OpenStep, { request, client }: HttpContext): readonly string[] {
  try {
    const reasons: unknown = layer.explain?.(request, client) ?? [];
    if (Array.isArray(reasons)) return (reasons as readonly Reason[]).slice(0, maxReasons).map(sayReason);
    (reasons as Partial<Promise<unknown>>).catch?.(() => undefined); // an async one breaks the contract, not the server
    return [];
  } catch {
    return [];
  }
}

function sayReason({ decision, because, unless }: Reason): string {
  const text = `${decision}, because ${because}${unless === undefined ? '' : `; unless it ${unless}`}`.slice(
    0,
    maxValue,
  );
  return text.replace(/\S*(?:[?#;]|:\/\/)\S*/g, redactUrl); // a layer may tell the target as it came
}

function fieldsOf(headers: Iterable<readonly [string, string]>): Trace['requestHeaders'] {
  const fields: (readonly [string, string])[] = [];
  for (const [name, value] of headers) {
    if (fields.length === maxFields) break;
    const lower = name.toLowerCase();
    const safe =
      lower === 'www-authenticate' ? schemeOf(value) : isSecretField(lower) ? redacted : withoutSecrets(value);
    fields.push([ownString(name), ownString(safe.slice(0, maxValue))]);
  }
  return fields;
}

/** Which scheme is wanted, without what the server says in it. */
function schemeOf(value: string): string {
  const space = value.indexOf(' ');
  return space < 0 ? value : `${value.slice(0, space)} ${redacted}`;
}

/** Any field may hold a URL: `X-Original-URL`, `Link`, `Refresh`. */
function withoutSecrets(value: string): string {
  return /[?;]|:\/\//.test(value) ? value.replace(/[^\s<>,"]+/g, redactUrl) : value;
}

function eventsOf(context: HttpContext, outcome: Outcome): Trace['events'] {
  const events: { at: number; text: string }[] = [];
  const add = (at: number | null | undefined, text: string): void => {
    if (at !== null && at !== undefined) events.push({ at: round(at - outcome.startedAt), text });
  };
  const upstream = context.get(upstreamKey);
  if (upstream !== undefined) {
    add(upstream.startedAt, `asks ${upstream.address}${upstream.attempts > 1 ? `, attempt ${upstream.attempts}` : ''}`);
    add(upstream.connectedAt, `connected to ${upstream.address}`);
    add(upstream.headAt, `${upstream.address} has answered`);
    if (upstream.failure !== null) add(outcome.headAt, `${upstream.address} failed: ${upstream.failure}`);
  }
  const refusal = context.get(refusalKey);
  if (refusal !== undefined)
    add(outcome.headAt, `refused: ${refusal.code}${refusal.rule === undefined ? '' : ` by ${refusal.rule}`}`);
  add(
    outcome.headAt,
    outcome.status === 0 ? 'no answer was sent' : `the head of the answer is decided: ${outcome.status}`,
  );
  const { error } = outcome;
  if (error !== undefined) add(outcome.endedAt, `failed: ${error.message}`.slice(0, maxValue));
  add(outcome.endedAt, `over: ${outcome.end}, ${outcome.bytesSent} bytes of content sent`);
  return events.sort((one, other) => one.at - other.at);
}
