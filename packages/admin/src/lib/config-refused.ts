import type { ApiValidation } from './api-types.ts';

/** A configuration that cannot be used, with its problems. */
export class ConfigRefused extends Error {
  readonly validation: ApiValidation;

  constructor(validation: ApiValidation) {
    super(validation.problems.map(({ message }) => message).join('\n'));
    this.validation = validation;
  }
}
