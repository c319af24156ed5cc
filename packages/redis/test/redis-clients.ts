import { Cluster, Redis } from 'ioredis';
import { Redis as Valkey } from 'iovalkey';
import { createClient, createCluster } from 'redis';
import { onTestFinished } from 'vitest';
import type { RedisClient } from '../src/index.ts';

/** How each library connects to a server. */
export const connect: Record<string, (path: string) => Promise<RedisClient>> = {
  async ioredis(path) {
    const client = new Redis({ path });
    onTestFinished(() => void client.disconnect());
    return client;
  },
  async iovalkey(path) {
    const client = new Valkey({ path });
    onTestFinished(() => void client.disconnect());
    return client;
  },
  async redis(path) {
    const client = createClient({ socket: { path, tls: false } });
    client.on('error', () => undefined);
    await client.connect();
    onTestFinished(() => void client.destroy());
    return client as unknown as RedisClient;
  },
};

/** Connects to a cluster. */
export async function connectCluster(
  library: string,
  addresses: readonly { readonly host: string; readonly port: number }[],
): Promise<RedisClient> {
  if (library === 'ioredis') {
    const cluster = new Cluster([...addresses]);
    onTestFinished(() => void cluster.disconnect());
    return cluster;
  }
  const cluster = createCluster({
    rootNodes: addresses.map(({ host, port }) => ({ url: `redis://${host}:${port}` })),
  });
  cluster.on('error', () => undefined);
  await cluster.connect();
  onTestFinished(() => void cluster.destroy());
  return cluster as unknown as RedisClient;
}
