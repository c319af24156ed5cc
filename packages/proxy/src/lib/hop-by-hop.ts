import { HttpHeaders } from '@windhover/core';
import { parseListField } from '@windhover/http-semantics';

/** RFC 9110 §7.6.1, and what proxies before it have put there: names that are for one connection only. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'content-length',
]);

/** The names that do not go on: those of the connection, and those that its `Connection` field nominates. */
export function hopByHopNames(headers: HttpHeaders): ReadonlySet<string> {
  const nominated = headers.get('connection');
  if (nominated === undefined) return hopByHop;
  const names = new Set(hopByHop);
  for (const option of parseListField(nominated)) names.add(option.toLowerCase());
  return names;
}

/** The fields that go on to the next hop. */
export function endToEnd(headers: HttpHeaders): HttpHeaders {
  const dropped = hopByHopNames(headers);
  const { fields } = headers;
  const kept: string[] = [];
  for (let index = 0; index < fields.length; index += 3) {
    if (!dropped.has(fields[index]!)) kept.push(fields[index]!, fields[index + 1]!, fields[index + 2]!);
  }
  return HttpHeaders.fromFields(kept);
}
