import { isIP } from 'node:net';
import { z } from 'zod';
import { isSameListener, type ListenAddress, parseListenAddress } from './listen-address.ts';

/** An entry of `listen`: the address, and the options of the features that work on its connections. */
export interface ListenEntry {
  readonly address: ListenAddress;
  /** Its index in the list, or `null` if `listen` is a single entry. */
  readonly index: number | null;
  /** The original map; empty for the short form. */
  readonly options: Readonly<Record<string, unknown>>;
}

const modeExpected = 'expected permissions as three octal digits, `660` for instance';

/** Creates the schema of `listen`: a port, an address as text, a map of both with options, or a list of those. */
export function listenSchema(slots: Readonly<Record<string, z.ZodType>>): z.ZodType<readonly ListenEntry[]> {
  const long = z.strictObject({
    port: z.int().min(0).max(65_535).optional().describe('The port; 0 takes any free one.'),
    address: z.string().optional().describe('An address or name of this machine. Default: every address.'),
    unix: z.string().min(1).optional().describe('The absolute path of a Unix socket, instead of a port.'),
    mode: z
      .union([z.int(), z.string()])
      .optional()
      .describe('The permissions of its file, such as 660. Default: what the umask leaves.'),
    ...slots,
  });
  const entry = z.union([
    z.int().meta({ title: 'a port' }),
    z.string().meta({ title: 'an address as a text' }),
    long.meta({ title: 'a map with `port` or `unix`' }),
  ]);
  return z.union([entry, z.array(entry).min(1)]).transform((value, context): readonly ListenEntry[] => {
    const written = Array.isArray(value) ? value : [value];
    const entries: ListenEntry[] = [];
    for (const [position, each] of written.entries()) {
      const index = Array.isArray(value) ? position : null;
      const path = index === null ? [] : [index];
      const refuse = ({ message, at = [] }: Refusal): void =>
        context.addIssue({ code: 'custom', message, path: [...path, ...at] });
      const address = typeof each === 'object' ? readLong(each) : readShort(each);
      if ('message' in address) {
        refuse(address);
        continue;
      }
      const same = entries.find((other) => isSameListener(other.address, address));
      if (same !== undefined) refuse({ message: 'expected addresses that can be open at the same time' });
      entries.push({ address, index, options: typeof each === 'object' ? each : {} });
    }
    return entries;
  });
}

interface Refusal {
  readonly message: string;
  readonly at?: readonly string[];
}

type LongForm = { port?: number | undefined; address?: string | undefined; unix?: string | undefined; mode?: unknown };

function readShort(text: string | number): ListenAddress | Refusal {
  const address = parseListenAddress(text);
  return 'expected' in address ? { message: `expected ${address.expected}` } : address;
}

function readLong({ port, address, unix, mode }: LongForm): ListenAddress | Refusal {
  if ((port === undefined) === (unix === undefined)) return { message: 'expected either `port` or `unix`' };
  if (unix === undefined) {
    if (mode !== undefined) return { message: 'expected `mode` beside `unix` only', at: ['mode'] };
    if (address === undefined || address === '*') return { port: port! };
    const host = address.replace(/^\[(.*)\]$/, '$1');
    const isHost = isIP(host) !== 0 || /^[A-Za-z0-9.-]+$/.test(host);
    return isHost ? { port: port!, host } : { message: 'expected a name or address without port', at: ['address'] };
  }
  if (address !== undefined) return { message: 'expected `address` beside `port` only', at: ['address'] };
  if (mode === undefined) return { path: unix };
  if (!/^0?[67][0-7]{2}$/.test(String(mode))) return { message: modeExpected, at: ['mode'] };
  return { path: unix, mode: Number.parseInt(String(mode), 8) };
}

/**
 * The addresses that a configuration listens on, without looking at the options beside them; `null` if they are wrong.
 *
 * @param listen what the configuration says under `listen`
 */
export function readListenAddresses(listen: unknown): readonly ListenAddress[] | null {
  const maps = (Array.isArray(listen) ? listen : [listen]).filter((each) => typeof each === 'object' && each !== null);
  const options = maps.flatMap((each) => Object.keys(each as object)).filter((key) => !ownKeys.has(key));
  const slots = Object.fromEntries(options.map((key) => [key, z.unknown()]));
  const read = listenSchema(slots).safeParse(listen);
  return read.success ? read.data.map(({ address }) => address) : null;
}

const ownKeys = new Set(['port', 'address', 'unix', 'mode']);
