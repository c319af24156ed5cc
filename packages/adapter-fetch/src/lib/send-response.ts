import {
  type Body,
  bodyLength,
  type HttpContext,
  type HttpHeaders,
  type HttpResponse,
  setAnswerField,
} from '@windhover/core';
import { fetchError } from './errors.ts';
import { LightResponse } from './light-response.ts';

/** Fields that are not copied, because the server does the framing. Only an announced length and `close` are used. A Response has no trailers. */
const framingNames = /^(?:connection|content-length|keep-alive|proxy-connection|te|trailer|transfer-encoding)$/;

/** Answers the exchange with what an app returned. Throws `FETCH_RESULT_INVALID` and `FETCH_RESPONSE_INVALID`. */
export function sendResponse({ request, response }: HttpContext, result: unknown): void {
  if (!isResponse(result)) throw fetchError('FETCH_RESULT_INVALID', `it returned ${describe(result)}`);
  const taken = LightResponse.isLight(result) ? result.take() : null;
  if (taken === null) {
    checkStatus(result.status);
    if (result.bodyUsed) throw fetchError('FETCH_RESPONSE_INVALID', 'its body was read before');
  }
  response.status = result.status;
  // RFC 9110 §8.6: frameworks remove the body for HEAD, and a length of 0 would then be announced for the GET.
  const isCutOff = request.method === 'HEAD' && result.status !== 204 && result.status !== 304;
  const isLight = LightResponse.isLight(result);
  const known = isLight && (isCutOff || (taken === null && result.body !== null)) ? result.knownLength : null;
  response.declaredLength = known;
  if (taken?.pairs) setPairs(response, taken.pairs);
  else for (const [name, value] of result.headers) setHeader(response, response.headers, name, value);
  const body = (taken === null ? result.body : taken.body) as Body;
  const { declaredLength } = response;
  response.body = isCutOff && bodyLength(body) === 0 ? unknownBody : body;
  response.declaredLength = declaredLength;
}

/** Stands for the unknown body of the GET response. */
const unknownBody: Body = {
  async *[Symbol.asyncIterator]() {
    // a HEAD sends none of it
  },
};

function setPairs(response: HttpResponse, pairs: readonly string[]): void {
  const { headers } = response;
  for (let index = 0; index < pairs.length; index += 2) {
    setHeader(response, headers, pairs[index]!, pairs[index + 1]!);
  }
}

function setHeader(response: HttpResponse, headers: HttpHeaders, name: string, value: string): void {
  if (name === 'content-type') headers.set('Content-Type', value);
  else if (!framingNames.test(name)) setAnswerField(headers, name, value);
  else if (name === 'content-length' && /^\d{1,15}$/.test(value)) response.declaredLength = Number(value);
  else if (name === 'connection' && /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(value)) response.closeConnection = true;
}

function checkStatus(status: number): void {
  if (Number.isInteger(status) && status >= 200 && status <= 599) return;
  const why = status === 0 ? 'it is Response.error()' : `its status is ${status}, expected 200 to 599`;
  const hint = status === 101 ? '; upgrades are answered by middleware in front of the app' : '';
  throw fetchError('FETCH_RESPONSE_INVALID', why + hint);
}

/** Whether the value is a Response of any implementation: undici from npm has its own class. */
function isResponse(value: unknown): value is Response {
  if (LightResponse.isLight(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers, body } = value as Partial<Response>;
  return typeof status === 'number' && body !== undefined && typeof headers?.getSetCookie === 'function';
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  return `an object of class ${value.constructor?.name ?? 'null'}`;
}
