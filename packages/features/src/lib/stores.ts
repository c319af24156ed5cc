import { orAlone } from '@windhover/config';
import type { ResourceFeature, ResourceKind, Services } from '@windhover/core/feature';
import { type RedisStores, redisStores } from '@windhover/redis';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';

/** What several servers share: limits, sessions and cached answers. */
export interface SharedStores extends RedisStores {
  /** Hears the messages of a channel. To be called while the configuration is made. */
  subscribe(channel: string, listener: (message: string) => void): void;
  /** Connects where the configuration is only looked at. A server does so when it starts. */
  connect(): Promise<void>;
}

/** The kind of `stores`. */
export const storesKind: ResourceKind<SharedStores> = { key: 'stores', noun: 'a store' };

const url = z.string().regex(/^rediss?:\/\/[^\s]+$/, {
  error: 'expected a URL such as `redis://127.0.0.1:6379`, or `rediss:` for TLS',
});
const address = z.string().regex(/^[^\s:]+:\d{1,5}$/, { error: 'expected a host and a port, such as `10.0.0.5:6379`' });

const long = z.strictObject({
  url: url
    .exactOptional()
    .describe('A server: redis://user:password@host:6379/0, rediss: for TLS. Or write cluster or sentinels.'),
  cluster: z.array(address).min(1).exactOptional().describe('Some servers of a cluster; the others are found.'),
  sentinels: z.array(address).min(1).exactOptional().describe('Sentinels, which know the server to use.'),
  master: z.string().min(1).exactOptional().describe('With sentinels: the name of the group they watch.'),
  username: z.string().exactOptional().describe('Of a cluster, or of the server that sentinels name.'),
  password: z.string().exactOptional().describe('The same, best from a variable.'),
  prefix: z
    .string()
    .regex(/^[\x21-\x7e]{0,100}$/, { error: 'expected a text without spaces' })
    .exactOptional()
    .describe('What all keys begin with. Default: windhover:.'),
});

const schema = orAlone('url', long)
  .refine((given) => [given.url, given.cluster, given.sentinels].filter((each) => each !== undefined).length === 1, {
    error: 'expected one of `url`, `cluster` and `sentinels`',
  })
  .refine((given) => (given.sentinels === undefined) === (given.master === undefined), {
    error: 'expected `master` beside `sentinels`, the name of the group they watch',
  })
  .describe('A Redis or Valkey that several servers share.');

type Options = z.output<typeof schema>;

/** How long a start waits for Redis, in milliseconds. Without it the server starts anyway: each limit says what holds meanwhile. */
const startMs = 1000;

/** `stores`: `shared: { redis: redis://127.0.0.1:6379 }`. */
export const redisResource: ResourceFeature<Options, SharedStores> = {
  kind: storesKind,
  maker: 'redis',
  schema,
  create(name, options, { log, clock }) {
    let client: Redis | Cluster | null = null;
    let ear: Redis | Cluster | null = null;
    const listeners = new Map<string, (message: string) => void>();
    // Nothing is connected while a configuration is only checked.
    const call = (command: string, ...values: (string | Buffer)[]): Promise<unknown> =>
      client === null ? Promise.reject(new Error('it is not connected')) : client.call(command, ...values);
    const callBuffer = (command: string, ...values: (string | Buffer)[]): Promise<unknown> =>
      client === null ? Promise.reject(new Error('it is not connected')) : client.callBuffer(command, ...values);
    const connect = async (): Promise<void> => {
      client ??= await open(options, name, log);
    };
    const { prefix } = options;
    const more = prefix === undefined ? {} : { prefix };
    const stores = redisStores({ call, callBuffer }, { ...more, address: addressOf(options), log, clock });
    return {
      value: { ...stores, connect, subscribe: (channel, listener) => void listeners.set(channel, listener) },
      async prepare() {
        await connect();
        if (listeners.size > 0) ear = listenTo(client!, listeners);
      },
      dispose() {
        client?.disconnect();
        ear?.disconnect();
      },
    };
  },
};

/** Connects. The client tries again by itself, and commands fail at once while it is not connected. */
async function open(options: Options, name: string | null, log: Services['log']): Promise<Redis | Cluster> {
  const client = await createClient(options);
  client.on('error', () => undefined); // the calls that fail are told of
  const late = new Promise<string>((resolve) => setTimeout(resolve, startMs, `not within ${startMs} ms`).unref());
  const trouble = await Promise.race([client.connect().then(() => null, toText), late]);
  if (trouble !== null) log.warn('A store cannot be reached yet', { store: name, error: trouble });
  return client;
}

/** Listens on a connection of its own, which is made again whenever it ends. */
function listenTo(client: Redis | Cluster, listeners: ReadonlyMap<string, (message: string) => void>): Redis | Cluster {
  const endless = { enableOfflineQueue: true, lazyConnect: false };
  const ear =
    'slots' in client ? client.duplicate([], endless) : client.duplicate({ ...endless, maxRetriesPerRequest: null });
  ear.on('error', () => undefined); // the calls of the other connection are told of
  ear.on('message', (channel: string, message: string) => listeners.get(channel)?.(message));
  ear.subscribe(...listeners.keys()).catch(() => undefined); // ended before it was connected
  return ear;
}

/** What messages call it. A password is not part of that. */
function addressOf({ url: written, cluster, sentinels, master }: Options): string {
  if (cluster !== undefined) return `the cluster of ${cluster[0]}`;
  return sentinels === undefined ? new URL(written!).host : `${master} of the sentinel ${sentinels[0]}`;
}

async function createClient(options: Options): Promise<Redis | Cluster> {
  const library = await import('ioredis'); // only for those who use it
  const { url: written, cluster, sentinels, master, username, password } = options;
  const login = { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
  const retryStrategy = (times: number): number => Math.min(50 * 2 ** times, 500);
  const common = { lazyConnect: true, enableOfflineQueue: false };
  if (cluster !== undefined) {
    const redisOptions = { ...login, connectTimeout: startMs };
    return new library.Cluster(cluster.map(toNode), { ...common, redisOptions, clusterRetryStrategy: retryStrategy });
  }
  const single = { ...common, ...login, maxRetriesPerRequest: 0, connectTimeout: startMs, retryStrategy };
  if (sentinels === undefined) return new library.Redis(written!, single);
  return new library.Redis({ ...single, sentinels: sentinels.map(toNode), name: master! });
}

function toNode(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

function toText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
