export { type StaticErrorCode, staticErrors } from './lib/errors.ts';
export { explainFile, type FileExplanation } from './lib/explain-file.ts';
export type { StaticOptions } from './lib/options.ts';
export { staticFiles } from './lib/static-files.ts';
