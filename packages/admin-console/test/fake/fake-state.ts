import type {
  ApiAuditEntry,
  ApiCertificate,
  ApiConnection,
  ApiDeployment,
  ApiOverview,
  ApiPool,
  ApiRequest,
  ApiSample,
  ApiThing,
  ApiTrace,
  ApiUser,
} from '@windhover/admin';
import { fakeConfigHistory, fakeConfigText } from './fake-config.ts';
import { fakeThings } from './fake-things.ts';
import { fakeTraces } from './fake-traces.ts';
import { createRandom, logLineAt, sampleAt } from './fake-traffic.ts';

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
export type FakeState = ReturnType<typeof createFakeState>;

const day = 86_400_000;

/** All that a server has to tell, as plain data that the fake API reads and changes. */
export function createFakeState(now: number) {
  const random = createRandom();
  const samples: ApiSample[] = Array.from({ length: 450 }, (_, index) => sampleAt(now - (449 - index) * 2000, random));
  const log = Array.from({ length: 60 }, (_, index) => logLineAt(now - (60 - index) * 1700, index));
  return {
    random,
    samples,
    log,
    overview: fakeOverview(now),
    pools: fakePools(now),
    things: fakeThings() as Mutable<ApiThing>[],
    certificates: fakeCertificates(now),
    requests: fakeRequests(now),
    connections: fakeConnections(now),
    traces: fakeTraces(now) as ApiTrace[],
    config: { text: fakeConfigText, readOnly: null as string | null, history: fakeConfigHistory(now) },
    audit: fakeAudit(now),
    deployments: fakeDeployments(now),
    users: fakeUsers,
  };
}

function fakeOverview(now: number): Mutable<ApiOverview> {
  const worker = (index: number) => ({
    id: `worker ${index}`,
    pid: 4210 + index,
    state: 'ready',
    startedAt: now - 4 * day,
    memory: 91e6 + index * 3.1e6,
    connections: 92 + index * 7,
  });
  return {
    version: '0.0.0',
    pid: 4210,
    startedAt: now - 4 * day - 7_200_000,
    node: 'v24.11.0',
    host: 'web-01',
    workers: [worker(1), worker(2)],
    listeners: [{ url: 'http://[::]:80' }, { url: 'https://[::]:443' }, { url: 'unix:/run/windhover/app.sock' }],
    config: {
      file: '/etc/windhover/windhover.yaml',
      edition: 7,
      reloadedAt: new Date(now - 3_600_000).toISOString(),
      error: null,
    },
  };
}

function fakePools(now: number): Mutable<ApiPool>[] {
  const instance = (id: number, stage = 'ready', memory: number | null = 84e6) => ({
    id,
    pid: 5100 + id,
    stage,
    address: `unix:/run/windhover/shop-api-${id}.sock`,
    startedAt: now - id * 3_600_000,
    requests: 18_200 + id * 977,
    memory,
  });
  return [
    { name: 'shop-api', phase: 'running', failures: 0, lastFailure: null, instances: [instance(1), instance(2)] },
    { name: 'reports', phase: 'idle', failures: 0, lastFailure: null, instances: [] },
    {
      name: 'legacy',
      phase: 'failed',
      failures: 5,
      lastFailure: 'it ended with code 1 before it was ready',
      instances: [],
    },
  ];
}

function fakeCertificates(now: number): ApiCertificate[] {
  return [
    {
      names: ['shop.example.com', 'www.shop.example.com'],
      source: 'acme',
      issuer: "Let's Encrypt R11",
      expiresAt: now + 61 * day,
      renewsAt: now + 31 * day,
      lastError: null,
      staple: { responder: 'http://ocsp.example.com', goodUntil: now + 3 * day, isRequired: false, lastError: null },
    },
    {
      names: ['*.intra.example.com'],
      source: '/etc/ssl/intra.pem',
      issuer: 'Example Intra CA',
      expiresAt: now + 9 * day,
      renewsAt: null,
      lastError: null,
      staple: {
        responder: 'http://ocsp.intra.example.com',
        goodUntil: null,
        isRequired: true,
        lastError: 'the responder answered 503',
      },
    },
    {
      names: ['old.example.com'],
      source: 'acme',
      issuer: null,
      expiresAt: now - 2 * day,
      renewsAt: now + 3_600_000,
      lastError: 'the challenge was answered 404',
      staple: null,
    },
  ];
}

function fakeConnections(now: number): ApiConnection[] {
  const common = {
    worker: '0',
    local: '192.0.2.1:443',
    protocol: 'HTTP/1.1',
    tls: 'TLSv1.3',
    serverName: 'shop.example.com',
  };
  return [
    { ...common, id: 'c-1', client: '203.0.113.24:50112', state: 'busy', openedAt: now - 412_000, requests: 2 },
    { ...common, id: 'c-2', client: '[2001:db8::7]:41020', state: 'idle', openedAt: now - 8300, requests: 0 },
  ];
}

function fakeRequests(now: number): ApiRequest[] {
  const common = { host: 'shop.example.com', site: 'shop', client: '203.0.113.24' };
  return [
    {
      ...common,
      id: 'r-1',
      worker: 'worker 1',
      method: 'GET',
      url: '/live',
      route: '/live',
      stage: 'answering',
      startedAt: now - 412_000,
      status: 200,
    },
    {
      ...common,
      id: 'r-2',
      worker: 'worker 2',
      method: 'POST',
      url: '/api/import',
      route: '/api',
      stage: 'receiving',
      startedAt: now - 8300,
      status: null,
    },
    {
      ...common,
      id: 'r-3',
      worker: 'worker 1',
      method: 'GET',
      url: '/reports/year?of=2026',
      route: '/reports',
      stage: 'proxy',
      startedAt: now - 2140,
      status: null,
    },
  ];
}

function fakeAudit(now: number): ApiAuditEntry[] {
  const entry = (
    minutes: number,
    user: string,
    action: string,
    target: string,
    outcome: ApiAuditEntry['outcome'],
    detail = '',
  ) => ({
    at: now - minutes * 60_000,
    user,
    client: '10.0.0.4',
    action,
    target,
    outcome,
    detail,
  });
  return [
    entry(12, 'ada', 'recycle', 'pool shop-api', 'done'),
    entry(58, 'ada', 'apply', 'configuration', 'done', 'edition 7: a longer cache for reports'),
    entry(61, 'grace', 'drain', 'upstream shop 10.0.0.6:3000', 'done'),
    entry(97, 'lin', 'apply', 'configuration', 'refused', 'needs the role configure'),
    entry(180, 'deploy-bot', 'deploy', 'deployment shop', 'failed', 'the archive has a path that leaves its folder'),
  ];
}

function fakeDeployments(now: number): Mutable<ApiDeployment>[] {
  const version = (id: string, days: number, files: number) => ({
    id,
    at: now - days * day,
    user: 'deploy-bot',
    files,
    bytes: files * 23_400,
  });
  return [
    {
      name: 'shop',
      folder: '/srv/shop',
      current: '20261128-1412',
      versions: [version('20261128-1412', 1, 214), version('20261121-0930', 8, 211), version('20261107-1105', 22, 198)],
    },
    { name: 'docs', folder: '/srv/docs', current: null, versions: [] },
  ];
}

const fakeUsers: ApiUser[] = [
  { name: 'ada', role: 'configure', isToken: false },
  { name: 'grace', role: 'operate', isToken: false },
  { name: 'lin', role: 'look', isToken: false },
  { name: 'deploy-bot', role: 'configure', isToken: true },
];
