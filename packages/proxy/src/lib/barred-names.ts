import { ownString } from '@windhover/core';

/** Fields that are for one connection only: those of RFC 9110 §7.6.1, and older ones that proxies use. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'content-length',
];

/** Fields about the client, which only this proxy may set for its upstream. */
const aboutClient = [
  'forwarded',
  'x-forwarded',
  'x-real-ip',
  'x-client-ip',
  'client-ip',
  'true-client-ip',
  'x-true-client-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'fastly-client-ip',
  'fly-client-ip',
  'x-cluster-client-ip',
  'x-azure-clientip',
  'x-envoy-external-address',
  'x-rewrite-url',
  'proxy', // becomes HTTP_PROXY in CGI-like upstreams
];

const families = /^x-(?:forwarded|original)-/;

/** Host and Expect are written by the http-client. */
const barredFromRequests: ReadonlySet<string> = new Set([...hopByHop, ...aboutClient, 'host', 'expect']);
const barredFromAnswers: ReadonlySet<string> = new Set(hopByHop);

/** Results for names seen before: programs use the same few. */
const judged = new Map<string, boolean>();

/**
 * Whether a client's field of this name must not reach an upstream. Upstreams that turn names into variables read
 * `X_Forwarded_For`, `X.Forwarded.For` and `X-Forwarded-For` as the same, so such aliases count.
 */
export function isBarredFromRequest(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const plain = name.replace(/[^a-z0-9]/g, '-');
  const isBarred = barredFromRequests.has(plain) || families.test(plain);
  if (judged.size === 512) judged.clear(); // clients may send any number of names
  if (name.length <= 64) judged.set(ownString(name), isBarred);
  return isBarred;
}

/** Whether a field of an answer is for the upstream's connection only. */
export function isBarredFromAnswer(name: string): boolean {
  return barredFromAnswers.has(name);
}
