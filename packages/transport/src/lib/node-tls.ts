type NodeTls = typeof import('node:tls');

let loaded: NodeTls | null = null;

/** Node's TLS module, loaded on first use: a server without TLS saves its 6 MB (Node 26). Kept, because a look-up takes 25 µs. */
export function nodeTls(): NodeTls {
  loaded ??= process.getBuiltinModule('node:tls');
  return loaded;
}
