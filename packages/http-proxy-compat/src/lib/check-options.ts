import { anyObject, milliseconds } from '@windhover/options';
import { httpProxyError } from './errors.ts';
import type { ServerOptions } from './server-options.ts';
import type { Targets } from './targets.ts';

const unsupported = ['followRedirects', 'localAddress'] as const;
const times = ['proxyTimeout', 'timeout'] as const;

/**
 * Checks the options of a proxy. Names that are not known are let pass: programs keep settings of their own among them.
 * Throws `HTTP_PROXY_OPTION_INVALID`, `HTTP_PROXY_OPTION_UNSUPPORTED` or `HTTP_PROXY_TARGET_INVALID`.
 */
export function checkServerOptions(options: ServerOptions, targets: Targets): void {
  refuse(anyObject.fault(options, 'the options'));
  checkSupported(options);
  for (const name of times) if (options[name]) refuse(milliseconds('from 0 on').fault(options[name], name));
  for (const target of [options.target, options.forward]) if (target) targets.parse(target, options);
}

/** Checks the options of one request, those of its proxy included. Throws `HTTP_PROXY_TARGET_MISSING` too. */
export function checkCallOptions(options: ServerOptions): void {
  if (!options.target && !options.forward)
    throw httpProxyError('HTTP_PROXY_TARGET_MISSING', 'expected target or forward');
  checkSupported(options);
}

function checkSupported(options: ServerOptions): void {
  for (const name of unsupported) if (options[name]) throw httpProxyError('HTTP_PROXY_OPTION_UNSUPPORTED', name);
}

function refuse(fault: string | null): void {
  if (fault !== null) throw httpProxyError('HTTP_PROXY_OPTION_INVALID', fault);
}
