import type { Configuration } from '@windhover/config';
import type { Logger } from '@windhover/core';
import { type FtpDefinition, ftpOf } from '@windhover/features';
import {
  createFtpServer,
  createLocalCounts,
  type FtpServer,
  type FtpServerOptions,
  type FtpSharing,
} from '@windhover/ftp';
import { type Listener, nameAddress, type Stapler } from '@windhover/transport';
import { createFtpTls } from './create-ftp-tls.ts';
import type { PreparedListeners, SocketsFor } from './open-listeners.ts';

interface OpenServer {
  readonly server: FtpServer;
  readonly listeners: readonly Listener[];
}

export interface FtpServersOptions {
  /** Default: the address itself. */
  readonly socketsFor?: SocketsFor;
  /** Default: answers of OCSP responders are not stapled. */
  readonly stapler?: Stapler | undefined;
  /** Default: there are no other workers. */
  readonly sharing?: Omit<FtpSharing, 'name'> | undefined;
}

/** The servers of FTP, which come and go with the configurations. Sessions that are open stay as they are. */
export class FtpServers {
  private readonly log: Logger;
  private readonly stapler: Stapler | undefined;
  private readonly socketsFor: SocketsFor;
  private readonly open = new Map<string, OpenServer>();
  /** What servers of this process and of other workers count together. */
  private readonly sharing: Omit<FtpSharing, 'name'>;
  private readonly ending = new Set<Promise<void>>();

  constructor(log: Logger, { socketsFor = (address) => [address], stapler, sharing }: FtpServersOptions = {}) {
    this.log = log;
    this.stapler = stapler;
    this.socketsFor = socketsFor;
    this.sharing = sharing ?? { counts: createLocalCounts() };
  }

  get listeners(): readonly Listener[] {
    return [...this.open.values()].flatMap(({ listeners }) => listeners);
  }

  /** Opens the servers that are new, and reads the certificates of all. Rejects if one of it fails, and then changes nothing. */
  async prepare(config: Configuration): Promise<PreparedListeners> {
    const updates: (() => void)[] = [];
    const wanted = new Set<string>();
    const opened: string[] = [];
    const abandon = async (): Promise<void> => {
      for (const key of opened) await this.end(key, 0);
    };
    try {
      for (const definition of ftpOf(config.features)) {
        const key = JSON.stringify(definition.address);
        const options = await this.optionsOf(definition, config);
        const existing = this.open.get(key);
        wanted.add(key);
        if (existing !== undefined) updates.push(() => existing.server.update(options));
        else {
          this.open.set(key, await this.listen(definition, options));
          opened.push(key);
        }
      }
    } catch (error) {
      await abandon();
      throw error;
    }
    return {
      commit: () => {
        for (const update of updates) update();
        for (const key of this.open.keys()) if (!wanted.has(key)) this.endLater(key);
      },
      abandon,
    };
  }

  /** Lets transfers end until the deadline. */
  async close(timeoutMs = 30_000): Promise<void> {
    for (const key of [...this.open.keys()]) this.endLater(key, timeoutMs);
    await Promise.all(this.ending);
  }

  private async listen({ address, open }: FtpDefinition, options: FtpServerOptions): Promise<OpenServer> {
    const server = createFtpServer(options);
    const listeners: Listener[] = [];
    try {
      for (const socket of this.socketsFor(address, 'ftp'))
        listeners.push(await server.listen(socket as Parameters<FtpServer['listen']>[0]));
    } catch (error) {
      await server.close({ timeoutMs: 0 });
      throw error;
    }
    open.server = server;
    return { server, listeners };
  }

  private async optionsOf(definition: FtpDefinition, config: Configuration): Promise<FtpServerOptions> {
    const tls = await createFtpTls(definition, config, this.log, this.stapler);
    const sharing = { name: nameAddress(definition.address), ...this.sharing };
    return { ...definition.options, sharing, ...(tls === null ? {} : { tls }) };
  }

  private endLater(key: string, timeoutMs?: number): void {
    const ended = this.end(key, timeoutMs).finally(() => this.ending.delete(ended));
    this.ending.add(ended);
  }

  private async end(key: string, timeoutMs = 30_000): Promise<void> {
    const { server } = this.open.get(key)!;
    this.open.delete(key);
    await server.close({ timeoutMs });
  }
}
