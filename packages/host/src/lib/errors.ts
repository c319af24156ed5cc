/** Every code this package throws. What is wrong with a configuration is not thrown: it is a list of problems. */
export const hostErrors = {
  HOST_NAME_TAKEN: 'Two things want the same key of the configuration',
  HOST_PLACE_UNKNOWN: 'There is no place for the feature',
  HOST_FEATURE_INCOMPLETE: 'A feature did not make what its place needs',
} as const;

/** A code of this package's errors. */
export type HostErrorCode = keyof typeof hostErrors;

const brand = Symbol.for('windhover.HostError');

/** A feature or distribution that is wrong, whatever the configuration says. */
export class HostError extends Error {
  readonly code: HostErrorCode;

  constructor(code: HostErrorCode, detail: string) {
    super(`${hostErrors[code]}: ${detail}`);
    this.name = 'HostError';
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is a `HostError`, of this copy of the package or another. */
  static is(value: unknown): value is HostError {
    return value instanceof Error && brand in value;
  }
}
