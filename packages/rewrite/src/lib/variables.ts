import type { ClientIdentity, HttpRequest } from '@windhover/core';
import { parseCookies } from '@windhover/http-semantics';

/** How the text of a value is written: as a path, a query, both with a `?` between them, or as it is meant. */
export type ValueKind = 'path' | 'query' | 'url' | 'text';

/** What a value is read from. */
export interface VariableScope {
  readonly request: HttpRequest;
  readonly client: ClientIdentity;
}

/** Reads one value of a request. Missing values are empty. */
export interface Variable {
  readonly kind: ValueKind;
  read(scope: VariableScope): string;
}

const text = (read: Variable['read']): Variable => ({ kind: 'text', read });

const portOf = ({ client }: VariableScope): string => String(client.hostPort ?? (client.scheme === 'https' ? 443 : 80));

const host: Variable = text(({ client }) =>
  client.hostPort === null ? client.host : `${client.host}:${client.hostPort}`,
);
const path: Variable = { kind: 'path', read: ({ request }) => request.path };
const query: Variable = { kind: 'query', read: ({ request }) => request.query ?? '' };
const url: Variable = { kind: 'url', read: ({ request }) => request.url };
const method: Variable = text(({ request }) => request.method);
const address: Variable = text(({ client }) => client.address);
const clientPort: Variable = text(({ client }) => (client.port === null ? '' : String(client.port)));

/** Our names and those of IIS. */
const named: ReadonlyMap<string, Variable> = new Map<string, Variable>([
  ['host', text(({ client }) => client.host)],
  ['port', text(portOf)],
  ['hostport', host],
  ['scheme', text(({ client }) => client.scheme)],
  ['path', path],
  ['query', query],
  ['url', url],
  ['method', method],
  ['client', address],
  ['HTTP_HOST', host],
  ['SERVER_NAME', text(({ client }) => client.host)],
  ['SERVER_PORT', text(portOf)],
  ['SERVER_PORT_SECURE', text(({ client }) => (client.scheme === 'https' ? '1' : '0'))],
  ['SERVER_PROTOCOL', text(({ request }) => `HTTP/${request.httpVersion}`)],
  ['HTTPS', text(({ client }) => (client.scheme === 'https' ? 'on' : 'off'))],
  ['REQUEST_SCHEME', text(({ client }) => client.scheme)],
  ['REQUEST_METHOD', method],
  ['REQUEST_URI', url],
  ['UNENCODED_URL', { kind: 'text', read: ({ request }) => request.target }],
  ['URL', path],
  ['PATH_INFO', path],
  ['QUERY_STRING', query],
  ['CONTENT_LENGTH', text(({ request }) => request.headers.get('content-length') ?? '')],
  ['CONTENT_TYPE', text(({ request }) => request.headers.get('content-type') ?? '')],
  ['REMOTE_ADDR', address],
  ['REMOTE_HOST', address],
  ['REMOTE_PORT', clientPort],
]);

/** The names that stand for a value, for messages. */
export const variableNames: readonly string[] = [
  ...named.keys(),
  'header.NAME',
  'query.NAME',
  'cookie.NAME',
  'HTTP_NAME',
];

/** The value that a name stands for; `undefined` if there is none of that name. */
export function variable(name: string): Variable | undefined {
  const known = named.get(name) ?? named.get(name.toUpperCase());
  if (known !== undefined) return known;
  const [, prefix, rest] = /^(header|query|cookie)\.(.+)$/s.exec(name) ?? [];
  if (prefix === 'header') return header(rest!);
  if (prefix === 'query') return text(({ request }) => parameter(request.query, rest!));
  if (prefix === 'cookie')
    return text(({ request }) => parseCookies(request.headers.get('cookie') ?? '').get(rest!) ?? '');
  if (/^HTTP_\w+$/i.test(name)) return header(name.slice(5).replace(/_/g, '-'));
  return undefined;
}

function header(name: string): Variable {
  const lower = name.toLowerCase();
  return text(({ request }) => request.headers.get(lower) ?? '');
}

/** The first parameter of that name, decoded. */
function parameter(all: string | null, name: string): string {
  return all === null || !all.includes(name) ? '' : (new URLSearchParams(all).get(name) ?? '');
}
