import type { HttpContext } from '@windhover/core';
import type { z } from 'zod';
import type { AdminTarget } from '../admin-target.ts';
import type { AdminRole } from '../api-types.ts';
import type { AuditLog } from '../audit-log.ts';
import type { EventHub } from '../events/event-hub.ts';
import type { Administrator, AdminUsers, Login } from '../login/login.ts';
import type { TokenTable } from '../login/tokens.ts';
import type { StrangerBodies } from './stranger-bodies.ts';

/** What the routes work with. */
export interface RouteHost {
  readonly target: AdminTarget;
  readonly login: Login;
  readonly users: AdminUsers | null;
  readonly tokens: TokenTable;
  readonly audit: AuditLog;
  readonly hub: EventHub;
  /** Reads what clients without a login send. */
  readonly strangers: StrangerBodies;
  /** The names of the areas that this server has. */
  readonly areas: readonly string[];
  readonly now: () => number;
  readonly openApi: () => unknown;
  readonly docs: () => string;
}

/** One request to a route. */
export interface RouteCall<Body = unknown> {
  readonly host: RouteHost;
  readonly context: HttpContext;
  readonly who: Administrator;
  /** The parts of the path that `{}` stand for, in order. */
  readonly names: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Body;
}

/** An entry of the table from which routing, roles, the audit log and the description come. */
export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api/v1`, for example `/pools/{name}/start`. */
  readonly path: string;
  /** The part of the server that it needs; `null`: it is always there. */
  readonly area: string | null;
  /** `null`: nobody has to be logged in. */
  readonly role: AdminRole | null;
  readonly summary: string;
  /** How the audit log calls it; `null`: it changes nothing. */
  readonly action: string | null;
  /** The query, by name, with what it means. */
  readonly query?: Readonly<Record<string, string>>;
  /** The body: JSON by a schema, a ZIP file, or none. */
  readonly body?: z.ZodType | 'zip';
  /** The longest body of JSON, in bytes. Default: 64 KB. */
  readonly maxBytes?: number;
  /** The answer: JSON by a schema, another content type, or `null` for 204. */
  readonly answer: z.ZodType | string | null;
  /** What the audit log says beside. Default: nothing. Must not show a password or a token. */
  readonly detail?: (call: RouteCall<never>) => string;
  /** Returns the answer as JSON, or sets it itself and returns `undefined`. */
  readonly run: (call: RouteCall<never>) => unknown;
}

/** Makes an entry whose `run` knows the type of its body. */
export function route<Schema extends z.ZodType>(
  entry: Omit<AdminRoute, 'body' | 'run' | 'detail'> & {
    readonly body: Schema;
    readonly detail?: (call: RouteCall<z.output<Schema>>) => string;
    readonly run: (call: RouteCall<z.output<Schema>>) => unknown;
  },
): AdminRoute {
  return entry;
}
