import { resolve } from 'node:path';
import type { LogSinks } from '@windhover/access-log';
import type { Source } from '@windhover/config/read';
import { systemClock } from '@windhover/core';
import type { Supervisor } from '@windhover/supervisor';
import { openSockets } from '../open-sockets.ts';
import type { ServerPlan } from '../server-plan.ts';
import type { SupervisedApps } from '../supervised-apps.ts';
import type { SupervisedReload } from '../supervised-reload.ts';
import { isHanging, NoWorkerError, type WorkerFleet } from '../worker-fleet.ts';
import type { AdminHost } from './admin-host.ts';
import { editObstacle } from './config-access.ts';
import type { LogTee } from './log-tee.ts';
import { residentMemory } from './resident-memory.ts';

/** What a server with workers has. */
export interface SupervisedParts {
  readonly plan: ServerPlan;
  readonly version: string;
  readonly tee: LogTee;
  readonly sinks: LogSinks;
  readonly supervisor: Supervisor;
  readonly fleet: WorkerFleet;
  readonly apps: SupervisedApps;
  readonly reload: () => SupervisedReload;
}

/** A server with workers, for the management API: this process loads no features. */
export function supervisedAdminHost(parts: SupervisedParts): AdminHost {
  const { plan, version, tee, sinks, supervisor, fleet, apps, reload } = parts;
  const file = resolve(plan.file);
  return {
    ...{ version, file, tee, sinks },
    clock: systemClock,
    log: tee.log,
    isSupervisor: true,
    askAll: (question) => fleet.administer(question),
    act: (action) => fleet.act(action),
    async askOne(question, timeoutMs, only) {
      try {
        return await fleet.administerOne(question, timeoutMs, only);
      } catch (error) {
        if (error instanceof NoWorkerError && question.ask === 'validate') return validateHere(question);
        throw error instanceof NoWorkerError || isHanging(error) ? await notNow(error) : error;
      }
    },
    workers: () =>
      supervisor.status().slots.map(({ slot, pid, state, since, connections }) => ({
        ...{ id: String(slot), pid, state, startedAt: since, connections },
        memory: residentMemory(pid),
      })),
    listeners: () => openSockets(supervisor.status().listen, fleet.serving?.secure, plan.ftp).map(({ url }) => url),
    state() {
      const { edition, reloadedAt, reloadError } = reload().status;
      return { edition, reloadedAt, error: reloadError };
    },
    readOnly: () => editObstacle(file),
    reload: () => reload().run(),
    apps: () => apps.owner,
  };
}

/** This process then has to load all features: it is the way out of a configuration with which no worker starts. */
async function validateHere(source: Source): Promise<unknown> {
  const { validateText } = await import('./validate-text.ts');
  return validateText(source);
}

/** The package is loaded when somebody asks, not with the supervisor. */
async function notNow(error: unknown): Promise<Error> {
  const { adminError } = await import('@windhover/admin');
  return adminError('ADMIN_NOT_NOW', (error as Error).message, { cause: error });
}
