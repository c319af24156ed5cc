import { bodyLength, type HttpContext, type Outcome, toPushBody } from '@windhover/core';
import { CountedBody } from './counted-body.ts';
import { fetchError } from './errors.ts';
import { HostBody } from './host-body.ts';
import { type StreamEnd, toReadableStream } from './to-readable-stream.ts';

/** What is not the host's to send is a body for these. */
const withoutBody = new Set([204, 205, 304]);

/** The context's answer as a Response. `host` passes with its own body if nobody has touched that. */
export function makeResponse(context: HttpContext, host: Response | null, startedAt: number): Response {
  const { request, response } = context;
  if (response.upgrade !== null) throw fetchError('FETCH_UPGRADE_UNSUPPORTED', `${request.method} ${request.path}`);
  if (!response.isAnswered) {
    response.status = 404;
    answerText(context, 'Not Found');
  }
  context.emitHead();
  const { status, declaredLength } = response;
  const headers = new Headers();
  for (const [name, value] of response.headers) headers.append(name, value);
  headers.delete('Trailer'); // none follow a Response
  if (headers.has('Upgrade')) headers.set('Connection', response.closeConnection ? 'upgrade, close' : 'upgrade');
  else if (response.closeConnection) headers.set('Connection', 'close');
  const tell = outcomeTeller(context, startedAt);
  const statusText = host?.status === status ? host.statusText : '';
  const length = announcedLength(context);
  if (length !== null && (response.body !== null || declaredLength !== null))
    headers.set('Content-Length', String(length));
  const body = takeBody(context, host, length, tell);
  if (body === null) tell?.(0, 'complete');
  return new Response(body, { status, statusText, headers });
}

/** Of an answer that a program without types may have made: the host would send whatever stands here. */
function announcedLength({ request, response }: HttpContext): number | null {
  const { body, declaredLength, status } = response;
  const length = bodyLength(body);
  if (declaredLength === null) return length;
  const isLength = Number.isSafeInteger(declaredLength) && declaredLength >= 0;
  const mayDiffer = length === null || request.method === 'HEAD' || withoutBody.has(status);
  if (isLength && (mayDiffer || length === declaredLength)) return declaredLength;
  throw fetchError(
    'FETCH_RESPONSE_INVALID',
    `its declaredLength is ${declaredLength}, and its body has ${length} bytes`,
  );
}

type Tell = (bytesSent: number, end: StreamEnd, error?: Error) => void;

function takeBody(
  context: HttpContext,
  host: Response | null,
  length: number | null,
  tell: Tell | null,
): ConstructorParameters<typeof Response>[0] | null {
  const { request, response } = context;
  if (request.method === 'HEAD' || withoutBody.has(response.status)) {
    response.body = null;
    return null;
  }
  const body = response.takeBody();
  if (body === null) return null;
  if (tell === null) {
    if (body instanceof HostBody && body.isUntouched) return host!.body;
    if (typeof body === 'string' || body instanceof Uint8Array) return body as string | Uint8Array<ArrayBuffer>;
  }
  const counted = new CountedBody(toPushBody(body), length);
  return toReadableStream(counted, (end, error) => tell?.(counted.bytesSent, end, error));
}

/** `null` when nobody waits for `onSent`: a body need not be counted then. */
function outcomeTeller(context: HttpContext, startedAt: number): Tell | null {
  if (!context.hasSentListeners) return null;
  const headAt = Date.now();
  const { status } = context.response;
  let isTold = false;
  return (bytesSent, end, error) => {
    if (isTold) return;
    isTold = true;
    const outcome: Outcome = { status, bytesSent, startedAt, headAt, endedAt: Date.now(), end };
    context.emitSent(error === undefined ? outcome : { ...outcome, error }, report);
  };
}

function report(error: unknown): void {
  console.error('An onSent listener failed', error); // a host of this kind has no log
}

/** A short answer without a body of the app. */
export function answerText({ response }: HttpContext, text: string): void {
  response.headers.set('Content-Type', 'text/plain; charset=utf-8');
  response.body = text;
}
