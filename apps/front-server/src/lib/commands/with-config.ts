import type { inspectConfig } from '../inspect-config.ts';

/** `inspectConfig`, loaded when a command needs it: the features are most of the program, and a supervisor needs none. */
export const withConfig: typeof inspectConfig = async (config, look, options) => {
  const { inspectConfig } = await import('../inspect-config.ts');
  return inspectConfig(config, look, options);
};
