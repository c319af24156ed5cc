export { type StaticErrorCode, staticErrors } from './lib/errors.ts';
export type { StaticOptions } from './lib/options.ts';
export { staticFiles } from './lib/static-files.ts';
