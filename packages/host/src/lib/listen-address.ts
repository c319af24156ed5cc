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

/** The section `listen`: one address or a list of them. */
export const listenSchema = z
  .union([z.int(), z.string(), z.array(z.union([z.int(), z.string()])).min(1)])
  .transform((value, context): readonly ListenAddress[] => {
    const addresses: ListenAddress[] = [];
    for (const [index, each] of (Array.isArray(value) ? value : [value]).entries()) {
      const address = parseListenAddress(each);
      if (address === null) context.addIssue({ code: 'custom', message: expected, path: [index] });
      else addresses.push(address);
    }
    return addresses;
  });
