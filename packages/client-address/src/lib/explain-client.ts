import { type ClientIdentity, HttpError } from '@windhover/core';
import type { ClientPolicy } from './client-policy.ts';
import { type ClientFacts, type ClientStep, resolveClient } from './resolve-client.ts';

/** The resolved client, and the reasons. */
export interface ClientExplanation {
  /** `null` if the request is refused. */
  readonly client: ClientIdentity | null;
  /** One step for each entry, in the order in which they were examined: from the right. */
  readonly steps: readonly ClientStep[];
}

/** Like `resolveClient`, but also says for each entry why it counted or not. For people: it costs more. */
export function explainClient(facts: ClientFacts, policy: ClientPolicy): ClientExplanation {
  const steps: ClientStep[] = [];
  try {
    const client = resolveClient(facts, policy, (step) => steps.push(step));
    return { client, steps };
  } catch (error) {
    if (!HttpError.is(error) || error.code !== 'CLIENT_ADDRESS_MALFORMED') throw error;
    return { client: null, steps };
  }
}
