import { z } from 'zod';
import { adminError } from '../errors.ts';
import { withoutValues } from '../log/without-values.ts';
import { roleAllows } from '../roles.ts';
import { type AdminRoute, type RouteCall, route } from './route.ts';
import {
  auditEntrySchema,
  certificateSchema,
  connectionSchema,
  explanationSchema,
  logLineSchema,
  overviewSchema,
  requestSchema,
  sampleSchema,
  sitesSchema,
  traceSchema,
  traceSummarySchema,
} from './schemas.ts';

const look = { method: 'GET', role: 'look', action: null } as const;
const levels = ['debug', 'info', 'warn', 'error'] as const;

/** What is only looked at. */
export const lookRoutes: readonly AdminRoute[] = [
  {
    ...{ ...look, path: '/overview', area: 'overview', answer: overviewSchema },
    summary: 'The processes, the addresses and the state of the configuration',
    async run({ host, who }) {
      const overview = await host.target.overview!();
      const { error } = overview.config;
      if (error === null || roleAllows(who.role, 'configure')) return overview;
      return { ...overview, config: { ...overview.config, error: withoutValues(error) } };
    },
  },
  {
    ...{ ...look, path: '/sites', area: 'sites', answer: sitesSchema },
    summary: 'Sites, routes and their layers',
    run: ({ host }) => host.target.sites!(),
  },
  route({
    ...{ method: 'POST', path: '/explain', area: 'explain', role: 'look', action: null, answer: explanationSchema },
    summary: 'How a request would be answered, and why; it is not sent',
    maxBytes: 256 * 1024,
    body: z.strictObject({
      method: z.string().min(1).max(32).default('GET'),
      url: z.string().min(1).max(8192),
      headers: z
        .array(z.tuple([z.string(), z.string()]))
        .max(100)
        .exactOptional(),
      client: z.string().max(64).exactOptional(),
    }),
    run: ({ host, body }) => host.target.explain!(body),
  }),
  {
    ...{ ...look, path: '/stats', area: 'stats', answer: z.array(sampleSchema) },
    summary: 'The numbers of the last minutes, oldest first',
    query: { minutes: '1 to 15; default: 15' },
    run: ({ host, query }) => host.target.stats!.since(host.now() - wholeNumber(query, 'minutes', 15, 15) * 60_000),
  },
  {
    ...{ ...look, path: '/certificates', area: 'certificates', answer: z.array(certificateSchema) },
    summary: 'Certificates, and when they end',
    run: ({ host }) => host.target.certificates!(),
  },
  {
    ...{ ...look, path: '/requests', area: 'requests', answer: z.array(requestSchema) },
    summary: 'Requests under way, the oldest first; at most 1,000',
    run: async ({ host }) => (await host.target.requests!.list()).slice(0, 1000),
  },
  {
    ...{ method: 'POST', path: '/requests/{id}/abort', area: 'requests', role: 'operate', action: 'end request' },
    answer: null,
    summary: 'End a request: with 503, or by cutting its answer off',
    async run({ host, names: [id] }) {
      if (!(await host.target.requests!.abort(id!))) throw adminError('ADMIN_UNKNOWN', 'the request is over');
    },
  },
  {
    ...{ ...look, path: '/connections', area: 'connections', answer: z.array(connectionSchema) },
    summary: 'Open connections, the oldest first; at most 1,000',
    run: async ({ host }) => (await host.target.connections!.list()).slice(0, 1000),
  },
  {
    ...{ method: 'POST', path: '/connections/{id}/close', area: 'connections', role: 'operate' },
    action: 'close connection',
    answer: null,
    summary: 'Close a connection at once, with the requests on it',
    async run({ host, names: [id] }) {
      if (!(await host.target.connections!.close(id!))) throw adminError('ADMIN_UNKNOWN', 'the connection is closed');
    },
  },
  {
    ...{ ...look, path: '/traces', area: 'traces', answer: z.array(traceSummarySchema) },
    summary: 'Requests whose steps were kept, newest first',
    run: ({ host }) => host.target.traces!.list(),
  },
  {
    ...{ ...look, path: '/traces/{id}', area: 'traces', answer: traceSchema },
    summary: 'Every step of a request',
    async run({ host, names: [id] }) {
      const trace = await host.target.traces!.get(id!);
      if (trace === null) throw adminError('ADMIN_UNKNOWN', `the trace ${JSON.stringify(id)}`);
      return trace;
    },
  },
  {
    ...{ method: 'DELETE', path: '/traces', area: 'traces', role: 'operate', action: 'forget traces', answer: null },
    summary: 'Forget all traces',
    run: ({ host }) => host.target.traces!.clear(),
  },
  {
    ...{ ...look, path: '/log', area: 'log', answer: z.array(logLineSchema) },
    summary: 'The last lines of the log, oldest first',
    query: {
      lines: '1 to 1,000; default: 500',
      level: `The least: ${levels.join(', ')}; default: debug`,
      contains: 'Part of the message',
      pool: 'Only lines of this application',
    },
    run({ host, query }) {
      const level = levels.find((each) => each === (query.get('level') ?? 'debug'));
      if (level === undefined)
        throw adminError('ADMIN_REQUEST_INVALID', `\`level\` must be one of ${levels.join(', ')}`);
      const lines = wholeNumber(query, 'lines', 500, 1000);
      return host.target.log!.lines({ lines, level, contains: query.get('contains') ?? '', pool: query.get('pool') });
    },
  },
  {
    ...{ ...look, path: '/audit', area: null, role: 'configure', answer: z.array(auditEntrySchema) },
    summary: 'Who changed what, and who was refused; newest first',
    query: { lines: '1 to 1,000; default: 200' },
    run: ({ host, query }) => host.audit.newest(wholeNumber(query, 'lines', 200, 1000)),
  },
  {
    ...{ ...look, path: '/events', area: null, answer: 'text/event-stream' },
    summary: 'What changes, as Server-Sent Events',
    run: ({ host, context, who }) => follow({ host, context, who }),
  },
  {
    ...{ ...look, path: '/openapi.json', area: null, answer: z.record(z.string(), z.unknown()) },
    summary: 'The description of this API',
    run: ({ host }) => host.openApi(),
  },
  {
    ...{ ...look, path: '/docs', area: null, answer: 'text/html; charset=utf-8' },
    summary: 'The description of this API, for people',
    run({ host, context: { response } }) {
      response.headers.set('Content-Type', 'text/html; charset=utf-8');
      response.headers.set(
        'Content-Security-Policy',
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      );
      response.body = host.docs();
    },
  },
];

function follow({ host, context, who }: Pick<RouteCall, 'host' | 'context' | 'who'>): void {
  const { request, response } = context;
  response.headers.set('Content-Type', 'text/event-stream');
  if (request.method === 'HEAD') response.status = 200;
  else response.body = host.hub.open(who);
}

/** Reads a number of the query. */
export function wholeNumber(query: URLSearchParams, name: string, otherwise: number, max: number): number {
  const text = query.get(name);
  const value = text === null ? otherwise : /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw adminError('ADMIN_REQUEST_INVALID', `\`${name}\` must be 1 to ${max}`);
  return value;
}
