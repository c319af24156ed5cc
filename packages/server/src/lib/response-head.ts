import type { HttpResponse } from '@windhover/core';
import type { HttpVersion } from '@windhover/http-parser';
import { dateLine } from './date-line.ts';
import type { ResponsePlan } from './response-plan.ts';
import { statusLine } from './status-line.ts';

/** The head of a response up to its empty line. A `Date` is added unless the handler set one (a proxied response has its own). */
export function responseHead(
  plan: ResponsePlan,
  response: HttpResponse,
  httpVersion: HttpVersion,
  isLast: boolean,
): string {
  let head = statusLine(plan.status);
  let hasDate = false;
  if (response.hasHeaders) {
    // Names and values were judged when they were set, and framing names refused.
    const { fields } = response.headers;
    for (let index = 0; index < fields.length; index += 3) {
      if (fields[index] === 'date') hasDate = true;
      head += `${fields[index + 2]}: ${fields[index + 1]}\r\n`;
    }
  }
  if (!hasDate) head += dateLine();
  if (plan.framing === 'chunked') head += 'Transfer-Encoding: chunked\r\n';
  else if (plan.framing !== 'none') head += lengthLine(plan.framing);
  if (isLast) head += 'Connection: close\r\n';
  else if (httpVersion === '1.0') head += 'Connection: keep-alive\r\n';
  return `${head}\r\n`;
}

/** Of small bodies, of which servers send the most. */
const lengthLines: (string | undefined)[] = new Array(1024).fill(undefined);

function lengthLine(length: number): string {
  if (length >= lengthLines.length) return `Content-Length: ${length}\r\n`;
  return (lengthLines[length] ??= `Content-Length: ${length}\r\n`);
}
