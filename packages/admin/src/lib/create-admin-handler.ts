import { type Clock, type Handler, type HttpContext, type Logger, systemClock } from '@windhover/core';
import {
  anyFunction,
  anyObject,
  anyText,
  checkOptions,
  listOf,
  milliseconds,
  type Rules,
  trueOrFalse,
  withFunctions,
} from '@windhover/options';
import type { AdminTarget } from './admin-target.ts';
import { allRoutes } from './api/all-routes.ts';
import { docsPage } from './api/docs-page.ts';
import { openApi } from './api/open-api.ts';
import type { RouteHost } from './api/route.ts';
import { serveApi } from './api/serve-api.ts';
import { StrangerBodies } from './api/stranger-bodies.ts';
import { AuditLog, type AuditSink } from './audit-log.ts';
import { optionError } from './errors.ts';
import { EventHub } from './events/event-hub.ts';
import { type AdminUsers, Login } from './login/login.ts';
import { type AdminToken, TokenTable } from './login/tokens.ts';
import { targetRules } from './target-rules.ts';

/** Options of `createAdminHandler`. It takes `users` or `tokens`: without both nobody could log in. */
export interface AdminOptions {
  /** Who may log in with a password. Default: nobody. */
  readonly users?: AdminUsers;
  /** The tokens of programs. Default: none. */
  readonly tokens?: readonly AdminToken[];
  /**
   * Further host names under which the API may be asked, besides `localhost` and the loopback addresses. Default: none; another one is
   * refused, since a website could let a name of its own lead here.
   */
  readonly hosts?: readonly string[];
  /** Answers paths outside of `/api/`, for example `createConsoleHandler()`. Default: `/` leads to the description of the API. */
  readonly console?: Handler<HttpContext>;
  /** Takes the lines of the audit log. Default: they are kept in memory only. */
  readonly audit?: AuditSink;
  /** Sessions end after so long without a request, in milliseconds. An open stream of events counts as use. Default: 30 minutes. */
  readonly idleMs?: number;
  /** Sessions end after so long in any case, in milliseconds. Default: 12 hours. */
  readonly absoluteMs?: number;
  /** Whether a session is good only for the address that logged in. Default: true. */
  readonly bindsAddress?: boolean;
  /** The version in the description. Default: `1`. */
  readonly version?: string;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Is told of bugs. Default: the console. */
  readonly log?: Pick<Logger, 'error'>;
}

/** The API as a handler, and as a middleware that passes other paths on if there is no console. */
export interface AdminHandler {
  (context: HttpContext, next?: Handler<HttpContext>): Promise<void>;
  /** Ends all sessions and streams. */
  close(): void;
}

const optionRules: Rules<AdminOptions> = {
  users: withFunctions(['verify']),
  tokens: listOf('tokens', anyObject),
  hosts: listOf('host names', anyText),
  console: anyFunction,
  audit: withFunctions(['write']),
  idleMs: milliseconds('above 0'),
  absoluteMs: milliseconds('above 0'),
  bindsAddress: trueOrFalse,
  version: anyText,
  clock: withFunctions(['now', 'schedule']),
  log: withFunctions(['error']),
};

const maxSessions = { max: 200, maxPerUser: 20 };

/**
 * Creates the management API of a program, under `/api/v1`. Everything needs a login; the parts of `target` that are missing are not
 * offered. Place it on a listener of its own. Throws `ADMIN_OPTION_INVALID`, also for a part that is misspelt or lacks a function.
 */
export function createAdminHandler(target: AdminTarget, options: AdminOptions): AdminHandler {
  checkOptions(target, targetRules, (detail) => optionError(`the target: ${detail}`));
  checkOptions(options, optionRules, optionError);
  if (options.users === undefined && (options.tokens ?? []).length === 0)
    throw optionError('expected `users` or `tokens`: otherwise nobody can log in');
  const { users = null, audit = null, clock = systemClock, log = console, version = '1', hosts = [] } = options;
  const { idleMs = 30 * 60_000, absoluteMs = 12 * 60 * 60_000, bindsAddress = true } = options;
  const tokens = new TokenTable(options.tokens ?? []);
  const login = new Login({ users, tokens, clock }, { ...maxSessions, idleMs, absoluteMs, bindsAddress });
  const hub = new EventHub({ events: target.events ?? null, clock, login });
  const given = Object.entries(target).flatMap(([name, part]) => (part === undefined ? [] : [name]));
  const areas = [...given, 'users', 'audit'];
  const offered = allRoutes.filter(({ area }) => area === null || areas.includes(area));
  const host: RouteHost = {
    ...{ target, login, users, tokens, hub, areas },
    audit: new AuditLog(audit, clock, (entry) => hub.tell('audit', entry)),
    strangers: new StrangerBodies(clock),
    now: () => clock.now(),
    openApi: () => openApi(offered, version),
    docs: () => docsPage(offered),
  };
  const known = new Set(hosts.map((name) => name.toLowerCase()));
  const handler = serveApi(host, { known, console: options.console ?? null, log });
  return Object.assign(handler, {
    close() {
      host.audit.close();
      hub.close();
      login.sessions.endAll();
    },
  });
}
