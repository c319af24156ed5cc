import { type ClientIdentity, HttpError } from '@windhover/core';
import type { ClientPolicy } from './client-policy.ts';
import { type ClientFacts, type ClientStep, resolveClient } from './resolve-client.ts';

/** Who the client is taken for, and why. */
export interface ClientExplanation {
  /** `null`: the request is refused. */
  readonly client: ClientIdentity | null;
  /** One for each entry, in the order in which they were looked at: from the right. */
  readonly steps: readonly ClientStep[];
}

/** What `resolveClient` decides, and for each entry why it counted or not. For people: it costs more. */
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
