/** What is wrong with options that only `create` could find out, in the shape Standard Schema gives its issues. */
export interface OptionIssue {
  /** `expected a folder`: what was found is added. */
  readonly message: string;
  /** The place inside the feature's options. */
  readonly path: readonly (string | number)[];
  /** The name that was probably meant. */
  readonly suggestion?: string | undefined;
}

/**
 * Thrown by a feature's `create`: a problem of the configuration at that place. The loader looks for `issues`, not for this class,
 * so a plugin may throw its own.
 */
export class OptionsError extends Error {
  readonly issues: readonly OptionIssue[];

  constructor(issues: readonly OptionIssue[]) {
    super(issues.map(({ message }) => message).join('; '));
    this.name = 'OptionsError';
    this.issues = issues;
  }
}
