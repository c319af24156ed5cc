import { type ExplainedRequest, explainRequest, listSites } from '@windhover/config';
import type { FrontServer } from './front-server.ts';
import { readThings, type ThingAction } from './managed-things.ts';

/** What administrators ask a process that serves. */
export type AdminQuestion =
  | { readonly ask: 'things' | 'sites' }
  | { readonly ask: 'act'; readonly action: ThingAction }
  | { readonly ask: 'explain'; readonly request: ExplainedRequest };

/** Answers with plain data, which survives JSON. */
export function administer(server: FrontServer, question: AdminQuestion): unknown {
  const { config } = server;
  switch (question.ask) {
    case 'things':
      return readThings(config.managed);
    case 'sites':
      return listSites(config);
    case 'act':
      return server.act(question.action);
    case 'explain':
      return explainRequest(config, question.request);
  }
}
