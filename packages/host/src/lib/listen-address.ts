import { z } from 'zod';

/** Where a server listens: a port on an address, or a Unix socket. */
export type ListenAddress = { readonly port: number; readonly host?: string } | { readonly path: string };

const expected =
  'expected a port (`8080`), an address with a port (`127.0.0.1:8080`, `"[::1]:8080"`, `"*:80"`) or `unix:/path/to.socket`';

/** Reads `8080`, `127.0.0.1:8080`, `[::1]:8080`, `*:80` or `unix:/run/a.socket`; `null` for anything else. */
export function parseListenAddress(text: string | number): ListenAddress | null {
  const written = String(text);
  if (written.startsWith('unix:/')) return { path: written.slice('unix:'.length) };
  const parts = /^(?:(\*|\[[0-9A-Fa-f:.%\w]+\]|[A-Za-z0-9.-]+):)?([0-9]{1,5})$/.exec(written);
  if (parts === null || Number(parts[2]) > 65_535) return null;
  const port = Number(parts[2]);
  const host = parts[1]?.replace(/^\[(.*)\]$/, '$1');
  return host === undefined || host === '*' ? { port } : { port, host };
}

const title = 'a port or an address as a text (options of a listener, for TLS for instance, are not built yet)';
const entry = [z.int().meta({ title }), z.string().meta({ title })] as const;

/** The section `listen`: one address or a list of them, each once. */
export const listenSchema = z
  .union([...entry, z.array(z.union(entry)).min(1)])
  .transform((value, context): readonly ListenAddress[] => {
    const addresses: ListenAddress[] = [];
    const seen = new Set<string>();
    for (const [index, each] of (Array.isArray(value) ? value : [value]).entries()) {
      const refuse = (message: string): void => context.addIssue({ code: 'custom', message, path: [index] });
      const address = parseListenAddress(each);
      if (address === null) {
        refuse(expected);
        continue;
      }
      const key = JSON.stringify(address).toLowerCase();
      // A port of 0 is another one each time.
      if (seen.has(key) && !('port' in address && address.port === 0)) refuse('expected every address once');
      seen.add(key);
      addresses.push(address);
    }
    return addresses;
  });
