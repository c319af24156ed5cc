import { redisError } from './errors.ts';

/** One word of a command. */
export type RedisValue = string | Uint8Array;

/** The members used of `ioredis` and `iovalkey`, a cluster and sentinels included. */
export interface CallClient {
  call(command: string, ...values: (string | Buffer)[]): Promise<unknown>;
  /** Needed for `cache` only. */
  callBuffer?(command: string, ...values: (string | Buffer)[]): Promise<unknown>;
}

/** The members used of `redis` (node-redis), a pool included. */
export interface SendCommandClient {
  sendCommand(values: (string | Buffer)[], options?: object): Promise<unknown>;
}

/** The members used of a cluster of `redis` (node-redis). */
export interface SendCommandCluster {
  readonly slots: unknown;
  sendCommand(
    firstKey: string | undefined,
    isReadonly: boolean | undefined,
    values: (string | Buffer)[],
    options?: object,
  ): Promise<unknown>;
}

/** A client of the caller: one of `ioredis`, `iovalkey` or `redis`, connected by the caller. */
export type RedisClient = CallClient | SendCommandClient | SendCommandCluster;

/** Sends a command about one key. With `asBytes`, texts of the answer are bytes. */
export type SendCommand = (key: string, values: readonly RedisValue[], asBytes: boolean) => Promise<unknown>;

/** 36 is `$`, the sign of a text in the protocol of Redis. */
const bytesOptions = { typeMapping: { 36: Buffer } };

/** Returns the one function that is needed of a client. Throws `REDIS_OPTION_INVALID`. */
export function commandsOf(client: RedisClient): SendCommand {
  if (isRecord(client) && typeof client['call'] === 'function') {
    const callClient = client as unknown as CallClient;
    return (_key, values, asBytes) => {
      const [command, ...rest] = values as [string, ...Buffer[]];
      if (!asBytes) return callClient.call(command, ...rest);
      if (typeof callClient.callBuffer === 'function') return callClient.callBuffer(command, ...rest);
      return Promise.reject(redisError('REDIS_OPTION_INVALID', 'client: expected the method `callBuffer`'));
    };
  }
  if (isRecord(client) && typeof client['sendCommand'] === 'function') {
    if ('slots' in client) {
      const cluster = client as unknown as SendCommandCluster;
      return (key, values, asBytes) =>
        cluster.sendCommand(key, false, values as Buffer[], ...(asBytes ? [bytesOptions] : []));
    }
    const single = client as unknown as SendCommandClient;
    return (_key, values, asBytes) => single.sendCommand(values as Buffer[], ...(asBytes ? [bytesOptions] : []));
  }
  throw redisError('REDIS_OPTION_INVALID', 'client: expected a client of ioredis, iovalkey or redis');
}

/** Returns where a client connects to, as far as it tells; `null`: it does not. Names and passwords of users are not part of it. */
export function addressOf(client: RedisClient): string | null {
  const options = asRecord((client as { readonly options?: unknown }).options);
  const socket = asRecord(options['socket']);
  if (typeof options['url'] === 'string') return hostOf(options['url']);
  const sentinels = options['sentinels'];
  if (Array.isArray(sentinels) && sentinels.length > 0) return `sentinel ${endOf(asRecord(sentinels[0]))}`;
  return endOf(options) ?? endOf(socket);
}

function endOf({ path, host, port }: Readonly<Record<string, unknown>>): string | null {
  if (typeof path === 'string' && path !== '') return path;
  return typeof host === 'string' ? `${host}:${String(port ?? 6379)}` : null;
}

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host : null;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
