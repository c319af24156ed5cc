import type { LogSinks } from '@windhover/access-log';
import type { ApiConfigState, ApiWorker } from '@windhover/admin';
import type { AppHost } from '@windhover/app-pool';
import type { Clock, Logger } from '@windhover/core';
import type { ActionResult, ThingAction } from '../managed-things.ts';
import type { WorkerAnswer } from '../worker-fleet.ts';
import type { AdministratorQuestion } from './answer-administrator.ts';
import type { LogTee } from './log-tee.ts';

/** The server that is managed, as the process that serves the API sees it. */
export interface AdminHost {
  readonly version: string;
  /** The absolute name of the configuration file. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tee: LogTee;
  /** Write the audit log. */
  readonly sinks: LogSinks;
  /** The process of the supervisor counts too, beside those that answer. */
  readonly isSupervisor: boolean;
  /** Asks every process that serves. */
  askAll(question: AdministratorQuestion): Promise<readonly WorkerAnswer[]>;
  /** Asks one process that has loaded the features: the named one, or any. */
  askOne(question: AdministratorQuestion, timeoutMs: number, only?: string): Promise<unknown>;
  /** Does something to a thing, in every process that serves. */
  act(action: ThingAction): Promise<ActionResult>;
  workers(): readonly ApiWorker[];
  listeners(): readonly string[];
  state(): Omit<ApiConfigState, 'file'>;
  /** Why the configuration cannot be edited here; `null`: it can. */
  readOnly(): string | null;
  /** Uses what the file says now. Rejects with the reason if that changes nothing. */
  reload(): Promise<unknown>;
  /** The owner of the applications; `null`: there are none. */
  apps(): AppHost | null;
}
