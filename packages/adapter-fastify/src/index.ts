export { type FastifyErrorCode, fastifyErrors } from './lib/errors.ts';
export { type FastifyApp, type FromFastifyOptions, fromFastify } from './lib/from-fastify.ts';
export { type ToFastifyOptions, toFastify, type WindhoverPlugin } from './lib/to-fastify.ts';
