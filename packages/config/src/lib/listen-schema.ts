import { z } from 'zod';
import { isSameListener, type ListenAddress } from './listen-address.ts';
import { type ListenRefusal, toListenAddress } from './to-listen-address.ts';

/** An entry of `listen`: the address, and the options of the features that work on its connections. */
export interface ListenEntry {
  readonly address: ListenAddress;
  /** Its index in the list, or `null` if `listen` is a single entry. */
  readonly index: number | null;
  /** The original map; empty for the short form. */
  readonly options: Readonly<Record<string, unknown>>;
}

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
      const refuse = ({ message, at = [] }: ListenRefusal): void =>
        context.addIssue({ code: 'custom', message, path: [...path, ...at] });
      const address = toListenAddress(each);
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
