/** Every code this package throws or logs, and what went wrong. */
export const fastifyErrors = {
  FASTIFY_APP_INVALID: 'fromFastify() takes a Fastify 5 instance that does not listen',
  FASTIFY_OPTION_INVALID: 'An option is not valid',
  FASTIFY_LISTEN:
    'A hosted Fastify instance listens by itself too: leave app.listen() out, the Windhover server listens in its place',
  FASTIFY_HTTP2: 'toFastify() needs the responses of HTTP/1, and this Fastify instance speaks HTTP/2',
} as const;

/** A code of this package's errors. */
export type FastifyErrorCode = keyof typeof fastifyErrors;

/** Creates an error of this package's table. */
export function fastifyError(code: FastifyErrorCode, detail?: string): Error & { code: string } {
  const message = detail === undefined ? fastifyErrors[code] : `${fastifyErrors[code]}: ${detail}`;
  return Object.assign(new Error(message), { code });
}
