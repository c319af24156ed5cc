import { redisError } from './errors.ts';

/** The members used of `ioredis` and `iovalkey`, a cluster and sentinels included. */
export interface CallClient {
  call(command: string, ...values: string[]): Promise<unknown>;
}

/** The members used of `redis` (node-redis), a pool included. */
export interface SendCommandClient {
  sendCommand(values: string[]): Promise<unknown>;
}

/** The members used of a cluster of `redis` (node-redis). */
export interface SendCommandCluster {
  readonly slots: unknown;
  sendCommand(firstKey: string | undefined, isReadonly: boolean | undefined, values: string[]): Promise<unknown>;
}

/** A client of the caller: one of `ioredis`, `iovalkey` or `redis`, connected by the caller. */
export type RedisClient = CallClient | SendCommandClient | SendCommandCluster;

/** Sends a command about one key. */
export type SendCommand = (key: string, values: readonly string[]) => Promise<unknown>;

/** Returns the one function that is needed of a client. Throws `REDIS_OPTION_INVALID`. */
export function commandsOf(client: RedisClient): SendCommand {
  if (isRecord(client) && typeof client['call'] === 'function') {
    const { call } = client as unknown as CallClient;
    return (_key, [command, ...values]) => call.call(client, command!, ...values);
  }
  if (isRecord(client) && typeof client['sendCommand'] === 'function') {
    if ('slots' in client) {
      const cluster = client as unknown as SendCommandCluster;
      return (key, values) => cluster.sendCommand(key, false, [...values]);
    }
    const single = client as unknown as SendCommandClient;
    return (_key, values) => single.sendCommand([...values]);
  }
  throw redisError('REDIS_OPTION_INVALID', 'client: expected a client of ioredis, iovalkey or redis');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
