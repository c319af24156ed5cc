import { hostname } from 'node:os';
import {
  type AdminConnections,
  type AdminDeployments,
  type AdminPools,
  type AdminRequests,
  type AdminTarget,
  type AdminThings,
  type ApiCertificate,
  type ApiSites,
  type ApiThing,
  adminError,
  type ConfigFile,
  type LogRing,
} from '@windhover/admin';
import type { ListedCertificate } from '../list-certificates.ts';
import type { ListedConnection } from '../list-connections.ts';
import type { ListedRequest } from '../list-requests.ts';
import type { AdminHost } from './admin-host.ts';
import type { EventSource } from './event-source.ts';
import { listThings } from './list-things.ts';
import { valuesOf } from './merge-answers.ts';
import { residentMemory } from './resident-memory.ts';
import type { Sampler } from './sampler.ts';
import { traces, tracesKind } from './traces.ts';

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
    requests: requests(host),
    connections: connections(host),
    traces: traces(host),
    certificates: async () =>
      ((await host.askOne({ ask: 'certificates' }, answerMs)) as readonly ListedCertificate[]).map(toApiCertificate),
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
  return {
    /** Traces have an area of their own. */
    list: async () => (await listThings(host)).filter(({ kind }) => kind !== tracesKind) satisfies readonly ApiThing[],
    async act(kind, name, action, args) {
      const result = await host.act({ kind, name, action, args });
      if (result.is !== 'done')
        throw adminError(result.is === 'unknown' ? 'ADMIN_UNKNOWN' : 'ADMIN_REFUSED', result.message);
      events.changed('things');
      return result.value;
    },
  };
}

function toApiCertificate({
  name,
  source,
  isAutomatic,
  expires,
  nextOrder,
  lastError,
  staple,
}: ListedCertificate): ApiCertificate {
  return {
    names: name.split(', '),
    source: source ?? 'automatic',
    issuer: isAutomatic ? source : null,
    expiresAt: expires === null ? null : Date.parse(expires),
    renewsAt: nextOrder === null ? null : Date.parse(nextOrder),
    lastError: lastError === null ? null : `${lastError.by}: ${lastError.message}`,
    staple:
      staple === null
        ? null
        : {
            responder: staple.responder,
            goodUntil: staple.goodUntil === null ? null : Date.parse(staple.goodUntil),
            isRequired: staple.isRequired,
            lastError: staple.lastError?.message ?? null,
          },
  };
}

function requests(host: AdminHost): AdminRequests {
  return {
    async list() {
      const all = await listOfAll<ListedRequest>(host, 'requests');
      return all.sort((one, other) => one.startedAt - other.startedAt);
    },
    abort: (id) => endAt(host, 'abort', id),
  };
}

function connections(host: AdminHost): AdminConnections {
  return {
    async list() {
      const all = await listOfAll<ListedConnection>(host, 'connections');
      return all.sort((one, other) => one.openedAt - other.openedAt);
    },
    close: (id) => endAt(host, 'close', id),
  };
}

/** What all workers list. The ids then name the worker too. */
async function listOfAll<T extends { readonly id: string }>(
  host: AdminHost,
  ask: 'requests' | 'connections',
): Promise<(T & { readonly worker: string })[]> {
  const answers = await host.askAll({ ask });
  valuesOf(answers); // throws if nobody answers
  return answers.flatMap((answer) => {
    if (!('value' in answer)) return [];
    const { worker } = answer;
    const place = (each: T) => ({ ...each, id: `${worker}.${each.id}`, worker: worker.split('.')[0]! });
    return (answer.value as readonly T[]).map(place);
  });
}

/** Asks the worker in the id to end what it names. */
async function endAt(host: AdminHost, ask: 'abort' | 'close', id: string): Promise<boolean> {
  const [, worker, own] = /^([0-9]+\.[0-9]+)\.(.+)$/.exec(id) ?? [];
  if (worker === undefined || own === undefined) return false;
  return (await host.askOne({ ask, id: own }, answerMs, worker)) === true;
}
