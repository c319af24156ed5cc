/** Errors of ours say what to do and need no stack; those of the application do. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  const isOurs = typeof code === 'string' && ours.test(code);
  return isOurs ? error.message : (error.stack ?? error.message);
}

const ours = /^(?:APP|CLIENT_ADDRESS|CONNECT|FASTIFY|FETCH|SERVER|SUPERVISOR|TRANSPORT)_/;
