import { type ExplainedRequest, explainRequest, listSites } from '@windhover/config';
import type { FrontServer } from './front-server.ts';
import { closeConnection, listConnections } from './list-connections.ts';
import { abortRequest, listRequests } from './list-requests.ts';
import { readThings, type SavedChanges, type ThingAction } from './managed-things.ts';

/** What administrators ask a process that serves. */
export type AdminQuestion =
  | { readonly ask: 'things' | 'sites' | 'requests' | 'connections' }
  | { readonly ask: 'abort' | 'close'; readonly id: string }
  | { readonly ask: 'restore'; readonly changes: SavedChanges }
  | { readonly ask: 'act'; readonly action: ThingAction }
  | { readonly ask: 'explain'; readonly request: ExplainedRequest };

/** Answers with plain data, which survives JSON. */
export function administer(
  server: Pick<FrontServer, 'config' | 'act' | 'restore' | 'requestsUnderWay' | 'openConnections'>,
  question: AdminQuestion,
): unknown {
  const { config } = server;
  switch (question.ask) {
    case 'things':
      return readThings(config.managed);
    case 'sites':
      return listSites(config);
    case 'requests':
      return listRequests(server.requestsUnderWay);
    case 'abort':
      return abortRequest(server.requestsUnderWay, question.id);
    case 'connections':
      return listConnections(server.openConnections);
    case 'close':
      return closeConnection(server.openConnections, question.id);
    case 'restore':
      server.restore(question.changes);
      return null;
    case 'act':
      return server.act(question.action);
    case 'explain':
      return explainRequest(config, question.request);
  }
}
