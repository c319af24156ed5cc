/** Every code this package throws. Errors in a configuration are not thrown: they are returned as a list of problems. */
export const hostErrors = {
  HOST_NAME_TAKEN: 'Two features or resources use the same key of the configuration',
  HOST_FEATURE_INVALID: 'The definition of the feature is not valid',
  HOST_LAYER_UNEXPECTED: 'A feature made a layer for a phase that its definition does not list',
  HOST_KIND_UNKNOWN: 'This distribution has no maker for that kind of resource',
  HOST_SCHEMA_ASYNC: 'The schema of a resource must be synchronous',
  HOST_METRIC_TAKEN: 'A metric of that name exists with another type or other labels',
  HOST_METRIC_LABELS: 'A metric needs a value for each of its labels',
} as const;

/** A code of this package's errors. */
export type HostErrorCode = keyof typeof hostErrors;

const brand = Symbol.for('windhover.HostError');

/** Thrown for a feature or distribution that is wrong, whatever the configuration contains. */
export class HostError extends Error {
  readonly code: HostErrorCode;

  constructor(code: HostErrorCode, detail: string) {
    super(`${hostErrors[code]}: ${detail}`);
    this.name = 'HostError';
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is a `HostError`, from this copy of the package or another. */
  static is(value: unknown): value is HostError {
    return value instanceof Error && brand in value;
  }
}
