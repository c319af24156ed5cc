import type { HttpResponse } from '@windhover/core';
import type { HttpVersion } from '@windhover/http-parser';
import type { ResponsePlan } from './response-plan.ts';
import { statusLine } from './status-line.ts';
import { fieldLine, usualTail } from './usual-lines.ts';

/**
 * Returns the head of a response, including its empty line. A `Date` is added unless the handler set one (a proxied
 * response has its own).
 */
export function responseHead(
  plan: ResponsePlan,
  response: HttpResponse,
  httpVersion: HttpVersion,
  isLast: boolean,
  date: string,
): string {
  let head = statusLine(plan.status);
  let hasDate = false;
  let offersUpgrade = false;
  if (response.hasHeaders) {
    // Names and values were checked when they were set, and framing names were refused.
    const { fields } = response.headers;
    for (let index = 0; index < fields.length; index += 3) {
      if (fields[index] === 'date') hasDate = true;
      else if (fields[index] === 'upgrade') offersUpgrade = true;
      head += fieldLine(fields[index + 2]!, fields[index + 1]!);
    }
  }
  const { framing } = plan;
  const isUsual = !hasDate && !isLast && !offersUpgrade && httpVersion === '1.1';
  if (isUsual && typeof framing === 'number' && framing < 1024) return head + usualTail(date, framing);
  if (!hasDate) head += date;
  if (framing === 'chunked') head += 'Transfer-Encoding: chunked\r\n';
  else if (framing !== 'none') head += `Content-Length: ${framing}\r\n`;
  return `${head}${connectionField(httpVersion, isLast, offersUpgrade)}\r\n`;
}

/** RFC 9110 §7.8: `Upgrade` applies to this connection only, so `Connection` must list it. */
function connectionField(httpVersion: HttpVersion, isLast: boolean, offersUpgrade: boolean): string {
  const upgrade = offersUpgrade ? 'upgrade, ' : '';
  if (isLast) return `Connection: ${upgrade}close\r\n`;
  if (httpVersion === '1.0') return `Connection: ${upgrade}keep-alive\r\n`;
  return offersUpgrade ? 'Connection: upgrade\r\n' : '';
}
