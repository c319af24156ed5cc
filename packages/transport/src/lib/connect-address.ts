/** Where to connect: a port of a host, or a Unix socket. */
export type ConnectAddress = { readonly host: string; readonly port: number } | { readonly path: string };
