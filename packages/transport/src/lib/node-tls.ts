/** Node's TLS module, loaded on first use: a server without TLS saves its 6 MB (Node 26). */
export function nodeTls(): typeof import('node:tls') {
  return process.getBuiltinModule('node:tls');
}
