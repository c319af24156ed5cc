import type { AdminSection } from '@windhover/features/admin';
import type { Listener } from '@windhover/transport';
import type { AdminAccess } from './admin-access.ts';
import type { AdminHost } from './admin-host.ts';
import type { AdminServer } from './admin-server.ts';

/** An `AdminServer` that is loaded when the configuration asks for it. */
export class LazyAdmin {
  private readonly host: AdminHost;
  private readonly startedAt: number;
  private server: AdminServer | null = null;
  private isClosed = false;

  constructor(host: AdminHost) {
    this.host = host;
    this.startedAt = host.clock.now();
  }

  get listener(): Listener | null {
    return this.server?.listener ?? null;
  }

  /** How a command of the server's own user reaches the API. Throws if it is not served. */
  get access(): AdminAccess {
    const access = this.server?.access ?? null;
    if (access === null) throw new Error('The configuration has no `admin`: the server has no management API');
    return access;
  }

  /** Does nothing after `close`: a reload that is overtaken by a stop must not open what keeps the process alive. */
  async listen(section: AdminSection | null): Promise<void> {
    if (section === null && this.server === null) return;
    const { AdminServer: Server } = await import('./admin-server.ts');
    if (this.isClosed) return;
    this.server ??= new Server(this.host, this.startedAt);
    await this.server.listen(section);
    if (this.isClosed) await this.server.close();
  }

  /** Call it when what was listened for is in use: after the start, and after a reload. */
  used(): void {
    this.server?.used();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.server?.close();
  }
}
