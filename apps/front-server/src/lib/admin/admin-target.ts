import { hostname } from 'node:os';
import {
  type AdminDeployments,
  type AdminPools,
  type AdminTarget,
  type AdminThings,
  type ApiSites,
  type ApiThing,
  adminError,
  type ConfigFile,
  type LogRing,
} from '@windhover/admin';
import { HttpError } from '@windhover/core';
import type { ReadThing } from '../managed-things.ts';
import { mergeThings } from '../merge-things.ts';
import type { AdminHost } from './admin-host.ts';
import type { EventSource } from './event-source.ts';
import { valuesOf } from './merge-answers.ts';
import { residentMemory } from './resident-memory.ts';
import type { Sampler } from './sampler.ts';

/** How long a process may take for an answer, in milliseconds. */
const answerMs = 5000;

/** The parts that live beside the host. */
export interface AdminParts {
  readonly host: AdminHost;
  readonly startedAt: number;
  readonly sampler: Sampler;
  readonly ring: LogRing;
  readonly events: EventSource;
  readonly config: ConfigFile;
  readonly deployments: AdminDeployments | null;
}

/** This server as what the API manages. */
export function adminTarget(parts: AdminParts): AdminTarget {
  const { host, startedAt, sampler, ring, events, config, deployments } = parts;
  return {
    overview: () => ({
      ...{ version: host.version, pid: process.pid, startedAt, node: process.version, host: hostname() },
      workers: host.workers(),
      listeners: host.listeners().map((url) => ({ url })),
      config: { file: host.file, ...host.state() },
    }),
    sites: async () => (await host.askOne({ ask: 'sites' }, answerMs)) as ApiSites,
    explain: (request) => host.askOne({ ask: 'explain', request }, answerMs),
    pools: pools(host, events),
    things: things(host, events),
    stats: sampler.ring,
    log: { lines: (query) => ring.find(query) },
    config,
    ...(deployments === null ? {} : { deployments }),
    events,
  };
}

function pools(host: AdminHost, events: EventSource): AdminPools {
  const owner = () => {
    const apps = host.apps();
    if (apps === null) throw adminError('ADMIN_UNKNOWN', 'the configuration has no `apps`');
    return apps;
  };
  const act = async (action: () => void | Promise<void>): Promise<void> => {
    await action();
    events.changed('pools');
  };
  return {
    list: () =>
      (host.apps()?.status ?? []).map((app) => ({
        ...app,
        instances: app.instances.map((instance) => ({ ...instance, memory: residentMemory(instance.pid) })),
      })),
    start: (name) => act(() => owner().start(name)),
    stop: (name) => act(() => owner().stop(name)),
    recycle: (name) => act(() => owner().recycle(name)),
    log: (name, count) =>
      owner()
        .lastLines(name, count)
        .map(({ line }) => line),
  };
}

function things(host: AdminHost, events: EventSource): AdminThings {
  const list = async (): Promise<readonly ReadThing[]> =>
    mergeThings(valuesOf<readonly ReadThing[]>(await host.askAll({ ask: 'things' })));
  return {
    list: async () => (await list()) satisfies readonly ApiThing[],
    async act(kind, name, action, args) {
      const thing = (await list()).find((each) => each.kind === kind && each.name === name);
      if (thing === undefined) throw adminError('ADMIN_UNKNOWN', `the ${kind} ${JSON.stringify(name)}`);
      if (!thing.actions.includes(action)) throw adminError('ADMIN_UNKNOWN', `the action ${JSON.stringify(action)}`);
      const answers = await host.askAll({ ask: 'act', action: { kind, name, action, args } });
      events.changed('things');
      return resultOf(
        answers.flatMap((answer) => ('error' in answer ? [answer.error] : [])),
        valuesOf(answers),
      );
    },
  };
}

/** If only some processes have done it, the administrator must know. */
function resultOf(errors: readonly Error[], values: readonly unknown[]): unknown {
  const [error] = errors;
  if (error === undefined) return values[0];
  throw HttpError.is(error)
    ? error
    : new Error(`${errors.length} of ${errors.length + values.length} processes did not do it: ${error.message}`);
}
