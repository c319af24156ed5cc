import { type ExplainedRequest, explainRequest, listSites } from '@windhover/config';
import type { FrontConfig } from './front-server.ts';
import { actOnThing, readThings, type ThingAction } from './managed-things.ts';

/** What administrators ask a process that serves. */
export type AdminQuestion =
  | { readonly ask: 'things' | 'sites' }
  | { readonly ask: 'act'; readonly action: ThingAction }
  | { readonly ask: 'explain'; readonly request: ExplainedRequest };

/** Answers with plain data, which survives JSON. Throws what is wrong with the question. */
export function administer(config: FrontConfig, question: AdminQuestion): unknown {
  switch (question.ask) {
    case 'things':
      return readThings(config.managed);
    case 'sites':
      return listSites(config);
    case 'act':
      return actOnThing(config.managed, question.action);
    case 'explain':
      return explainRequest(config, question.request);
  }
}
