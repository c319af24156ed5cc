/**
 * Says why a server could not start, if that is for whoever runs it: a file, a folder or a port. `null`: the error is a bug, and its stack
 * should be seen. Node's own `ERR_…` are wrong calls, so they are bugs too.
 */
export function startFault(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && !code.startsWith('ERR_') ? error.message : null;
}
