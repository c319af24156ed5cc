import { canonicalPath, type Handler } from '@windhover/core';
import type { HttpClient } from '@windhover/http-client';
import type { ForwardedFields } from './forwarding.ts';
import { type ResolvedChanges, resolveChanges } from './header-changes.ts';
import type { ProxyAttempt } from './proxy-attempt.ts';
import type { ReverseProxyOptions } from './reverse-proxy-options.ts';
import type { CookieRules } from './rewrite-cookie.ts';
import type { SpliceOptions } from './splice-channels.ts';
import { fixedHost } from './upstream-host.ts';
import type { ForwardedSpelling } from './upstream-target.ts';

/** The options of a proxy with defaults filled in, in the form in which requests need them. */
export interface ProxySettings {
  /** Whether upstreams see the Host of the client. */
  readonly keepsHost: boolean;
  /** The Host that upstreams see; `null`: the client's, or their own. */
  readonly fixedHost: string | null;
  readonly stripPrefix: string | null;
  readonly forward: ForwardedSpelling;
  readonly forwarded: ForwardedFields;
  readonly via: string | null;
  readonly requestChanges: ResolvedChanges | null;
  readonly responseChanges: ResolvedChanges | null;
  readonly rewritesLocation: boolean;
  readonly cookies: CookieRules | null;
  /** How many bytes of a body are kept for a second attempt. */
  readonly keepBodyBytes: number;
  readonly bufferRequestBytes: number;
  readonly bufferResponseBytes: number;
  readonly splice: SpliceOptions;
  /** Runs an attempt; `null` if nothing stands around it. */
  readonly attempt: Handler<ProxyAttempt> | null;
}

export function resolveProxySettings(
  options: ReverseProxyOptions,
  wheel: HttpClient['wheel'],
  attempt: Handler<ProxyAttempt> | null,
): ProxySettings {
  const { host = 'client', stripPrefix, forward = 'canonical', keepBodyBytes = 65_536, cookies = null } = options;
  const { anonymous = false, requestHeaders, responseHeaders, tunnelIdleMs = 3_600_000, via = null } = options;
  return {
    keepsHost: host === 'client',
    fixedHost: fixedHost(host),
    stripPrefix: stripPrefix === undefined ? null : canonicalPath(stripPrefix).replace(/\/$/, ''),
    forward,
    forwarded: options.forwarded ?? 'x-forwarded',
    via,
    requestChanges: resolveChanges(requestHeaders),
    responseChanges: resolveChanges(responseHeaders, anonymous),
    rewritesLocation: options.rewriteLocation ?? true,
    cookies,
    keepBodyBytes,
    bufferRequestBytes: options.bufferRequestBytes ?? 0,
    bufferResponseBytes: options.bufferResponseBytes ?? 0,
    splice: { idleMs: tunnelIdleMs, wheel },
    attempt,
  };
}
