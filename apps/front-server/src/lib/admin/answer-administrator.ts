import type { ApiValidation, ProcessCounts } from '@windhover/admin';
import type { AdminAccounts } from '@windhover/features';
import { type AdminQuestion, administer } from '../administer.ts';
import type { FrontServer } from '../front-server.ts';
import { listCertificates } from '../list-certificates.ts';
import { validateText } from './validate-text.ts';

/** What the process that serves the management API asks one that has loaded the features. */
export type AdministratorQuestion =
  | AdminQuestion
  | { readonly ask: 'login'; readonly name: string; readonly password: string; readonly client: string }
  | { readonly ask: 'user'; readonly name: string }
  | { readonly ask: 'users' }
  | { readonly ask: 'validate'; readonly file: string; readonly text: string }
  | { readonly ask: 'counts' | 'certificates' };

/** What a process has counted, and the bounds of its durations in milliseconds. */
export interface CountsAnswer {
  readonly counts: ProcessCounts;
  readonly bounds: readonly number[];
}

/** The process that answers. */
export interface Administered
  extends Pick<FrontServer, 'config' | 'stapler' | 'act' | 'restore' | 'requestsUnderWay' | 'openConnections'> {
  readonly accounts: AdminAccounts | null;
  count(): CountsAnswer;
}

/** Answers with plain data. Throws what is wrong with the question. */
export function answerAdministrator(server: Administered, question: AdministratorQuestion): unknown {
  switch (question.ask) {
    case 'login':
      return server.accounts?.verify(question.name, question.password, question.client) ?? null;
    case 'user':
      return server.accounts?.find(question.name) ?? null;
    case 'users':
      return server.accounts?.list() ?? [];
    case 'validate':
      return validateText(question) satisfies Promise<ApiValidation>;
    case 'certificates':
      return listCertificates(server.config, server.stapler);
    case 'counts':
      return server.count();
    default:
      return administer(server, question);
  }
}
