/** Node's TLS, loaded by the first who asks: a server without TLS does not pay its 6 MB (Node 26). */
export function nodeTls(): typeof import('node:tls') {
  return process.getBuiltinModule('node:tls');
}
