import { negotiateError } from './errors.ts';

/** One handshake on the side of the server, as the package `kerberos` gives it. */
export interface KerberosAcceptor {
  /** Takes the token of the client, in Base64. Resolves with the token for the client, if there is one. */
  step(token: string): Promise<string | null>;
  /** The principal of the client, once the handshake is complete. */
  readonly username: string | null;
  /** The token of the last step for the client. */
  readonly response: string | null;
  readonly contextComplete: boolean;
}

/** What this package needs of the package `kerberos`. */
export interface KerberosModule {
  /** @param service `HTTP@host`, or `HTTP` for every host of the keytab */
  initializeServer(service: string): Promise<KerberosAcceptor>;
}

const packageName = 'kerberos'; // not a literal in `import`, because it may be missing where types are checked

/** Loads the package `kerberos`. Rejects with `NEGOTIATE_NOT_INSTALLED`. */
export async function loadKerberos(): Promise<KerberosModule> {
  try {
    const loaded = (await import(packageName)) as KerberosModule & { readonly default?: KerberosModule };
    return loaded.default ?? loaded;
  } catch (cause) {
    throw negotiateError(
      'NEGOTIATE_NOT_INSTALLED',
      'run `npm install kerberos@7`; where there is no binary for the platform, it needs a compiler and libkrb5-dev',
      cause,
    );
  }
}
