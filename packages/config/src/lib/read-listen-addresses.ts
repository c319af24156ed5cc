import type { ListenAddress } from './listen-address.ts';
import { type ListenMap, toListenAddress } from './to-listen-address.ts';

/**
 * The addresses that a configuration listens on, without looking at the options beside them; `null` if they are wrong.
 *
 * @param listen what the configuration says under `listen`
 */
export function readListenAddresses(listen: unknown): readonly ListenAddress[] | null {
  const entries: readonly unknown[] = (Array.isArray(listen) ? listen : [listen]).map(withNumberAsPort);
  const addresses: ListenAddress[] = [];
  for (const entry of entries) {
    const address = isEntry(entry) ? toListenAddress(entry) : null;
    if (address === null || 'message' in address) return null;
    addresses.push(address);
  }
  return addresses.length === 0 ? null : addresses;
}

/** The value of an environment variable is a text until the whole schema gives it a type. */
function withNumberAsPort(entry: unknown): unknown {
  const { port } = (entry ?? {}) as { readonly port?: unknown };
  return typeof port === 'string' && /^[0-9]+$/.test(port) ? { ...(entry as object), port: Number(port) } : entry;
}

function isEntry(entry: unknown): entry is string | number | ListenMap {
  if (typeof entry === 'string' || Number.isSafeInteger(entry)) return true;
  if (typeof entry !== 'object' || entry === null) return false;
  const { port, address, unix, mode } = entry as Readonly<Record<string, unknown>>;
  const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';
  return (
    (port === undefined || isPort(port)) &&
    isText(address) &&
    isText(unix) &&
    (isText(mode) || typeof mode === 'number')
  );
}

function isPort(port: unknown): boolean {
  return Number.isSafeInteger(port) && (port as number) >= 0 && (port as number) <= 65_535;
}
