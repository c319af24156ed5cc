import {
  anyFunction,
  checkOptions,
  expectedFound,
  isRecord,
  kindOf,
  listOf,
  oneOf,
  type Rule,
  type Rules,
  wholeNumber,
} from '@windhover/options';
import { badOption } from './bad-option.ts';
import type { TransportError } from './errors.ts';
import type { ListenOptions } from './listen-options.ts';

/** A rule of its own for its message: forgetting `await` is the most common mistake here. */
const tlsRule: Rule = {
  expected: 'what await createTls(…) makes',
  fault(tls, path) {
    if (isRecord(tls) && typeof tls['middleware'] === 'function' && typeof tls['driver'] === 'string') return null;
    const isPromise = typeof (tls as { then?: unknown } | null)?.then === 'function';
    const hint = isPromise ? 'Did you forget `await` before createTls(…)?' : 'Without TLS leave it out';
    return `${path}: ${expectedFound(tlsRule.expected, tls, { show: kindOf })}. ${hint}`;
  },
};

const optionRules: Rules<ListenOptions> = {
  backlog: wholeNumber(1, 2 ** 31 - 1), // the system takes a C int
  driver: oneOf('borrow', 'data'),
  readBuffer: anyFunction,
  middleware: listOf('functions', anyFunction),
  tls: tlsRule,
  onAcceptError: anyFunction,
};

/** The names of the options of `listen`. */
export const listenOptionNames: readonly string[] = Object.keys(optionRules);

/**
 * Throws `TRANSPORT_BAD_OPTION`. A misspelt `tls` or a forgotten `await` must not serve plain bytes where TLS was
 * meant.
 */
export function checkListenOptions(accept: unknown, options: ListenOptions): void {
  if (typeof accept !== 'function') {
    throw refuse(`accept: ${expectedFound('a function that takes a connection', accept, { show: kindOf })}`);
  }
  checkOptions(options, optionRules, refuse);
}

function refuse(what: string): TransportError {
  return badOption('listen()', what);
}
