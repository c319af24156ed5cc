/** Every code this package throws. Errors in a configuration are not thrown: they are returned as a list of problems. */
export const configErrors = {
  CONFIG_NAME_TAKEN: 'Two features or resources use the same key of the configuration',
  CONFIG_FEATURE_INVALID: 'The definition of the feature is not valid',
  CONFIG_LAYER_UNEXPECTED: 'A feature made a layer for a phase that its definition does not list',
  CONFIG_PLUGIN_FAILED: 'A plugin could not prepare what it had made',
  CONFIG_KIND_UNKNOWN: 'This distribution has no maker for that kind of resource',
  CONFIG_SCHEMA_ASYNC: 'The schema of a resource must be synchronous',
  CONFIG_METRIC_TAKEN: 'A metric of that name exists with another type or other labels',
  CONFIG_METRIC_LABELS: 'A metric needs a value for each of its labels',
} as const;

/** A code of this package's errors. */
export type ConfigErrorCode = keyof typeof configErrors;

const brand = Symbol.for('windhover.ConfigError');

/** Thrown for a feature or distribution that is wrong, whatever the configuration contains. */
export class ConfigError extends Error {
  readonly code: ConfigErrorCode;

  constructor(code: ConfigErrorCode, detail: string, options?: ErrorOptions) {
    super(`${configErrors[code]}: ${detail}`, options);
    this.name = 'ConfigError';
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is a `ConfigError`, from this copy of the package or another. */
  static is(value: unknown): value is ConfigError {
    return value instanceof Error && brand in value;
  }
}
