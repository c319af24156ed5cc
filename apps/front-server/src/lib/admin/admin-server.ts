import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LineSink } from '@windhover/access-log';
import {
  type AdminHandler,
  type AdminRole,
  type AdminToken,
  type AdminUsers,
  type ApiUser,
  type ApiValidation,
  type AuditSink,
  type ConfigFile,
  createAdminHandler,
  createConfigFile,
  createDeployments,
  createToken,
  LogRing,
  toLogLine,
} from '@windhover/admin';
import type { ListenAddress } from '@windhover/config/read';
import type { HttpContext } from '@windhover/core';
import type { AdminSection } from '@windhover/features/admin';
import { createServer, type Server } from '@windhover/server';
import { createTls, type Listener, type Tls } from '@windhover/transport';
import { sweepEdits } from '../edit-file.ts';
import { forgetEdit } from '../pending-edit.ts';
import type { AdminAccess } from './admin-access.ts';
import type { AdminHost } from './admin-host.ts';
import { adminTarget } from './admin-target.ts';
import { EventSource } from './event-source.ts';
import { loadConsole } from './load-console.ts';
import { replaceConfig } from './replace-config.ts';
import { Sampler } from './sampler.ts';
import { watchStates } from './watch-states.ts';
import { watchTraces } from './watch-traces.ts';

/** Enough for a few administrators and programs. */
const maxConnections = 200;
/** Each route has its own largest body. */
const limits = { maxConnections, maxRequestBodyBytes: null };
/** How long requests may take when the server stops, in milliseconds. */
const stopMs = 1000;
/** How long a process may take to check a password or a configuration, in milliseconds. */
const loginMs = 15_000;
const validateMs = 60_000;
const auditBytes = 10 * 1024 * 1024;

/** What belongs to one version of the section. */
interface Serving {
  readonly section: string;
  readonly handler: AdminHandler;
  readonly listener: Listener;
  readonly tls: Tls | null;
  readonly audit: LineSink | null;
}

/** Serves the management API and the console on a listener of their own, which may move with the configuration. */
export class AdminServer {
  private readonly host: AdminHost;
  private readonly startedAt: number;
  private readonly server: Server;
  private readonly ring = new LogRing();
  private readonly events = new EventSource();
  private readonly sampler: Sampler;
  private readonly endWatches: readonly (() => void)[];
  /** For commands of the server's own user, who gets it over the control socket. */
  private readonly local = createToken();
  /** Not while the server starts. */
  private isUsed = false;
  private serving: Serving | null = null;
  private config: { readonly key: string; readonly file: ConfigFile } | null = null;

  constructor(host: AdminHost, startedAt: number) {
    this.host = host;
    this.startedAt = startedAt;
    this.sampler = new Sampler(host, (sample) => this.events.tell('stats', sample));
    this.endWatches = [watchStates(host, this.events), watchTraces(host, this.events)];
    this.server = createServer((context) => this.answer(context), { limits, log: host.log });
    this.ring.subscribe((line) => this.events.tell('log', line));
    host.tee.listen(({ at, level, message, facts }) => this.ring.add(toLogLine(at, level, message, facts)));
  }

  get listener(): Listener | null {
    return this.serving?.listener ?? null;
  }

  /** How a command of the server's own user reaches the API; `null`: it is not served. */
  get access(): AdminAccess | null {
    const { serving } = this;
    if (serving === null) return null;
    const { tls } = JSON.parse(serving.section) as AdminSection;
    return {
      address: serving.listener.address as ListenAddress, // it was opened from one of the configuration
      certificate: tls === null ? null : readFileSync(tls.certFile, 'utf8'),
      token: this.local.token,
    };
  }

  /** Listens where the section says, and no more where an earlier one said. `null`: nowhere. Sessions end if the section changes. */
  async listen(section: AdminSection | null): Promise<void> {
    const text = JSON.stringify(section);
    if (text === (this.serving?.section ?? 'null')) {
      await this.serving?.tls?.reload(); // the certificate may have been renewed
      this.events.changed('config', 'overview', 'things', 'pools');
      return;
    }
    const before = this.serving;
    this.serving = section === null ? null : await this.open(section, text);
    if (section === null) this.sampler.stop();
    else this.sampler.start();
    await this.end(before);
  }

  /** The configuration is in use. */
  used(): void {
    this.isUsed = true;
    this.notice();
    this.events.changed('config', 'overview');
  }

  async close(): Promise<void> {
    this.sampler.stop();
    for (const end of this.endWatches) end();
    const { serving } = this;
    serving?.handler.close();
    await this.server.close({ timeoutMs: stopMs });
    await serving?.audit?.close();
  }

  private answer(context: HttpContext): void | Promise<void> {
    return this.serving?.handler(context);
  }

  private get localToken(): AdminToken {
    return { name: 'of this machine', role: 'configure', sha256: this.local.sha256 };
  }

  private async open(section: AdminSection, text: string): Promise<Serving> {
    const { before, audit } = { before: this.serving, audit: this.openAudit(section) };
    const isSame =
      before !== null && JSON.stringify(addressOf(JSON.parse(before.section))) === JSON.stringify(addressOf(section));
    try {
      const handler = await this.createHandler(section, audit);
      const tls = isSame ? before.tls : await tlsOf(section);
      await (isSame ? tls?.reload() : null);
      const listener = isSame ? before.listener : await this.server.listen(section.listen, tls === null ? {} : { tls });
      return { section: text, handler, listener, tls, audit: audit?.sink ?? null };
    } catch (error) {
      await audit?.sink.close();
      throw error;
    }
  }

  /** What is under way is still answered. */
  private async end(before: Serving | null): Promise<void> {
    if (before === null) return;
    before.handler.close();
    if (before.listener !== this.serving?.listener) await before.listener.close();
    await before.audit?.close();
  }

  private async createHandler(section: AdminSection, audit: AuditSink | null): Promise<AdminHandler> {
    const { host, sampler, ring, events, startedAt } = this;
    const config = this.configFor(section);
    const deployments = Object.entries(section.deployments).map(([name, { folder, keep, pool }]) => {
      const onSwitch = pool === null ? {} : { onSwitch: () => host.apps()?.recycle(pool) };
      return [name, { folder, keep, ...onSwitch }] as const;
    });
    const pageHandler = section.console ? await loadConsole() : null;
    return createAdminHandler(
      adminTarget({
        ...{ host, startedAt, sampler, ring, events, config },
        deployments:
          deployments.length === 0
            ? null
            : createDeployments(Object.fromEntries(deployments), { maxUploadBytes: section.maxUploadBytes }),
      }),
      {
        ...{
          tokens: [...section.tokens, this.localToken],
          hosts: hostsOf(section),
          version: host.version,
          clock: host.clock,
          log: host.log,
        },
        ...(section.hasUsers ? { users: usersOf(host) } : {}),
        ...(audit === null ? {} : { audit }),
        ...(pageHandler === null ? {} : { console: pageHandler }),
      },
    );
  }

  /** The same one as long as it can be, since it makes one change after the other. */
  private configFor({ history }: AdminSection): ConfigFile {
    const { host } = this;
    const key = JSON.stringify(history);
    if (this.config?.key === key) return this.config.file;
    const file = createConfigFile({
      ...{ file: host.file, history: history?.folder ?? null, clock: host.clock },
      ...(history === null ? {} : { keep: history.keep }),
      write: (written, before) => replaceConfig(host.file, written, before),
      validate: async (written) =>
        (await host.askOne({ ask: 'validate', file: host.file, text: written }, validateMs)) as ApiValidation,
      reload: async () => {
        await host.reload();
        forgetEdit(host.file);
      },
      state: () => ({ file: host.file, ...host.state() }),
      isUsed: () => this.isUsed && host.state().error === null,
      readOnly: () => host.readOnly(),
    });
    this.config = { key, file };
    if (host.readOnly() === null) sweepEdits(host.file);
    return file;
  }

  /** Keeps what somebody has edited by hand, once a change of the API that is under way is done. */
  private notice(): void {
    this.config?.file
      .notice()
      .catch((error: Error) => this.host.log.warn('The history of the configuration cannot be kept', { error }));
  }

  private openAudit({ audit }: AdminSection): (AuditSink & { readonly sink: LineSink }) | null {
    if (audit === null) return null;
    try {
      mkdirSync(dirname(audit), { recursive: true, mode: 0o700 });
    } catch (error) {
      this.host.log.warn('The audit log is kept in memory only: its file cannot be written', { error });
      return null;
    }
    const sink = this.host.sinks.file(audit, { rotate: { sizeBytes: auditBytes, keep: 5 } });
    return { sink, write: (line) => sink.write(line), earlier: lastLines(audit) };
  }
}

function addressOf({ listen, tls }: AdminSection): unknown {
  return { listen, tls };
}

/** The host of the address itself. */
function hostsOf({ hosts, listen }: AdminSection): readonly string[] {
  if ('path' in listen || listen.host === undefined) return hosts;
  return [...hosts, listen.host.includes(':') ? `[${listen.host}]` : listen.host];
}

async function tlsOf({ tls }: AdminSection): Promise<Tls | null> {
  return tls === null ? null : createTls({ certificate: tls });
}

/** The workers know the users. A password goes no further than to one of them, through the pipe between the processes. */
function usersOf(host: AdminHost): AdminUsers {
  const ask = async (question: Parameters<AdminHost['askOne']>[0]): Promise<unknown> => host.askOne(question, loginMs);
  return {
    verify: async (name, password, client) => (await ask({ ask: 'login', name, password, client })) as AdminRole | null,
    find: async (name) => (await ask({ ask: 'user', name })) as AdminRole | null,
    list: async () => (await ask({ ask: 'users' })) as readonly ApiUser[],
  };
}

/** The end of a file. */
function lastLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-1000);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
