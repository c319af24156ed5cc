import { resolve } from 'node:path';
import type { LogSinks } from '@windhover/access-log';
import { formatProblems, type Source } from '@windhover/config';
import { addressUrl } from '@windhover/console';
import { systemClock } from '@windhover/core';
import type { FrontServer } from '../front-server.ts';
import type { LocalApps } from '../local-apps.ts';
import type { AdminHost } from './admin-host.ts';
import { answerAdministrator } from './answer-administrator.ts';
import { editObstacle } from './config-access.ts';
import type { LogTee } from './log-tee.ts';

/** What a server that is one process has. */
export interface LocalParts {
  readonly front: () => FrontServer;
  readonly config: string | Source;
  readonly version: string;
  readonly tee: LogTee;
  readonly sinks: LogSinks;
  /** `null`: another process owns the applications. */
  readonly apps: LocalApps | null;
}

/** A server that is one process, for the management API. */
export function localAdminHost({ front, config, version, tee, sinks, apps }: LocalParts): AdminHost {
  const file = resolve(typeof config === 'string' ? config : config.file);
  const startedAt = systemClock.now();
  return {
    ...{ version, file, tee, sinks },
    clock: systemClock,
    log: tee.log,
    isSupervisor: false,
    async askAll(question) {
      const worker = `0.${process.pid}`;
      try {
        return [{ worker, value: await answerAdministrator(front(), question) }];
      } catch (error) {
        return [{ worker, error: error as Error }];
      }
    },
    act: (action) => front().act(action),
    askOne: async (question) => answerAdministrator(front(), question),
    workers: () => [
      {
        ...{ id: '0', pid: process.pid, state: 'ready', startedAt },
        memory: process.memoryUsage.rss(),
        connections: front().connections,
      },
    ],
    listeners: () => {
      const { listeners, secureListeners } = front();
      return listeners.map((each) => addressUrl(each.address, secureListeners.includes(each) ? 'https' : 'http'));
    },
    state: () => front().reloads,
    readOnly: () => (typeof config === 'string' ? editObstacle(file) : 'it is no file'),
    async reload() {
      const result = await front().reload({ config });
      if (!result.ok) throw new Error(formatProblems(result.problems).trimEnd());
    },
    apps: () => apps?.owner ?? null,
  };
}
