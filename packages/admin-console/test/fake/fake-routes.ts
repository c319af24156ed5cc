import type { AdminRole } from '@windhover/admin';
import type { HttpRequest } from '@windhover/core';
import { actOnFakeThing } from './act-on-fake-thing.ts';
import { hashOf, validateFake } from './fake-config.ts';
import type { FakeEvents } from './fake-events.ts';
import { fakeExplanation, fakeSites } from './fake-sites.ts';
import type { FakeState } from './fake-state.ts';

export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, code: string, title: string, body?: unknown) {
    super(title);
    this.status = status;
    this.body = body ?? { status, code, title };
  }
}

interface Asked {
  readonly state: FakeState;
  readonly events: FakeEvents;
  /** What the groups of the path have matched. */
  readonly names: readonly string[];
  readonly query: URLSearchParams;
  readonly request: HttpRequest;
  readonly user: string;
}

interface FakeRoute {
  readonly method: string;
  readonly path: RegExp;
  readonly role: AdminRole;
  readonly run: (asked: Asked) => unknown;
}

const get = (path: RegExp, run: FakeRoute['run']): FakeRoute => ({ method: 'GET', path, role: 'look', run });
const post = (path: RegExp, role: AdminRole, run: FakeRoute['run']): FakeRoute => ({ method: 'POST', path, role, run });
const json = async <T>({ request }: Asked): Promise<T> => (await request.body.json()) as T;

export const fakeRoutes: readonly FakeRoute[] = [
  get(/^\/overview$/, ({ state }) => state.overview),
  get(/^\/stats$/, ({ state }) => state.samples),
  get(/^\/sites$/, () => fakeSites),
  post(/^\/explain$/, 'look', async (asked) => fakeExplanation(await json(asked))),
  get(/^\/pools$/, ({ state }) => state.pools),
  post(/^\/pools\/([^/]+)\/(start|stop|recycle)$/, 'operate', actOnPool),
  get(/^\/pools\/([^/]+)\/log$/, ({ state, names }) => ({
    lines: state.log.filter(({ pool }) => pool === names[0]).map(({ message }) => message),
  })),
  get(/^\/things$/, ({ state, query }) => state.things.filter(({ kind }) => (query.get('kind') ?? kind) === kind)),
  post(/^\/things\/([^/]+)\/([^/]+)\/([^/]+)$/, 'operate', async (asked) =>
    actOnFakeThing(asked.state, asked.names, await json(asked)),
  ),
  get(/^\/requests$/, ({ state }) => state.requests),
  get(/^\/connections$/, ({ state }) => state.connections),
  post(/^\/connections\/([^/]+)\/close$/, 'operate', ({ state, names }) => {
    found(state.connections.find(({ id }) => id === names[0]));
    state.connections = state.connections.filter(({ id }) => id !== names[0]);
    return null;
  }),
  post(/^\/requests\/([^/]+)\/abort$/, 'operate', ({ state, names }) => {
    found(state.requests.find(({ id }) => id === names[0]));
    state.requests = state.requests.filter(({ id }) => id !== names[0]);
    return null;
  }),
  get(/^\/traces$/, ({ state }) =>
    state.traces.map(({ steps, events, requestHeaders, responseHeaders, ...rest }) => rest),
  ),
  get(/^\/traces\/([^/]+)$/, ({ state, names }) => found(state.traces.find(({ id }) => id === names[0]))),
  { method: 'DELETE', path: /^\/traces$/, role: 'operate', run: forgetTraces },
  get(/^\/log$/, ({ state, query }) => state.log.slice(-Number(query.get('lines') ?? 500))),
  get(/^\/certificates$/, ({ state }) => state.certificates),
  get(/^\/config$/, ({ state }) => ({
    ...state.overview.config,
    text: state.config.text,
    hash: hashOf(state.config.text),
    readOnly: state.config.readOnly,
  })),
  post(/^\/config\/validate$/, 'look', async (asked) => validateFake((await json<{ text: string }>(asked)).text)),
  { method: 'PUT', path: /^\/config$/, role: 'configure', run: applyConfig },
  get(/^\/config\/history$/, ({ state }) => state.config.history.map(({ text, ...rest }) => rest)),
  get(/^\/config\/history\/([^/]+)$/, ({ state, names }) => ({
    text: found(state.config.history.find(({ id }) => id === names[0])).text,
  })),
  get(/^\/config\/history\/([^/]+)\/diff$/, () => ({ diff: '--- a\n+++ b\n@@ -1 +1 @@\n-workers: 1\n+workers: 2\n' })),
  post(/^\/config\/history\/([^/]+)\/rollback$/, 'configure', async (asked) => {
    refuseOther(asked, (await json<{ hash: string }>(asked)).hash);
    const { text } = found(asked.state.config.history.find(({ id }) => id === asked.names[0]));
    return takeEffect(asked, text, `back to ${asked.names[0]}`);
  }),
  get(/^\/deployments$/, ({ state }) => state.deployments),
  { method: 'PUT', path: /^\/deployments\/([^/]+)$/, role: 'configure', run: deploy },
  post(/^\/deployments\/([^/]+)\/activate$/, 'configure', async (asked) => {
    found(asked.state.deployments.find(({ name }) => name === asked.names[0])).current = (
      await json<{ version: string }>(asked)
    ).version;
    asked.events.send('changed', { what: ['deployments'] });
    return null;
  }),
  get(/^\/users$/, ({ state }) => state.users),
  get(/^\/audit$/, ({ state }) => state.audit),
];

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Refusal(404, 'ADMIN_UNKNOWN', 'There is no such thing');
  return value;
}

function actOnPool({ state, events, names: [name, verb] }: Asked): null {
  const pool = found(state.pools.find((each) => each.name === name));
  if (name === 'legacy') throw new Refusal(409, 'POOL_START_FAILED', 'It ended with code 1 before it was ready');
  const start = {
    pid: 6001,
    stage: 'ready',
    address: '127.0.0.1:41001',
    startedAt: Date.now(),
    requests: 0,
    memory: 41e6,
  };
  if (verb === 'stop') Object.assign(pool, { phase: 'stopped', instances: [] });
  else {
    const id = Math.max(0, ...pool.instances.map((each) => each.id)) + 1;
    Object.assign(pool, { phase: 'running', instances: [{ id, ...start }] });
  }
  events.send('changed', { what: ['pools'] });
  return null;
}

function forgetTraces({ state }: Asked): null {
  state.traces = [];
  return null;
}

async function applyConfig(asked: Asked): Promise<unknown> {
  const { text, hash, note = '' } = await json<{ text: string; hash: string; note?: string }>(asked);
  refuseOther(asked, hash);
  const validation = validateFake(text);
  if (!validation.ok) throw new Refusal(422, '', '', validation);
  return takeEffect(asked, text, note);
}

function refuseOther({ state }: Asked, hash: string): void {
  if (hash !== hashOf(state.config.text))
    throw new Refusal(409, 'ADMIN_CONFIG_CHANGED', 'The file has changed since it was read');
}

function takeEffect({ state, events, user }: Asked, text: string, note: string) {
  const { config, overview } = state;
  config.text = text;
  overview.config.edition++;
  const id = String(overview.config.edition);
  config.history = config.history.map((each) => ({ ...each, isCurrent: false }));
  const { edition } = overview.config;
  config.history.unshift({ id, edition, at: Date.now(), user, note, hash: hashOf(text), isCurrent: true, text });
  events.send('changed', { what: ['config', 'overview'] });
  return { edition: overview.config.edition, hash: hashOf(text) };
}

async function deploy({ state, events, names, query, request, user }: Asked): Promise<unknown> {
  const deployment = found(state.deployments.find(({ name }) => name === names[0]));
  const { length } = await request.body.bytes();
  if (length === 0) throw new Refusal(400, 'ADMIN_ZIP_INVALID', 'The archive is empty');
  const version = { id: `upload-${deployment.versions.length + 1}`, at: Date.now(), user, files: 3, bytes: length };
  deployment.versions.unshift(version);
  if (query.get('activate') !== 'false') deployment.current = version.id;
  events.send('changed', { what: ['deployments'] });
  return { version: version.id };
}
