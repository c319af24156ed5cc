/** A problem with options that only `create` could detect, in the shape of a Standard Schema issue. */
export interface OptionIssue {
  /** For example `expected a folder`; the found value is appended. */
  readonly message: string;
  /** The place inside the feature's options. */
  readonly path: readonly (string | number)[];
  /** The name that was probably intended. */
  readonly suggestion?: string | undefined;
}

/**
 * Thrown by a feature's `create` to report a configuration problem. The loader checks for `issues`, not for this class, so a plugin may
 * throw its own class.
 */
export class OptionsError extends Error {
  readonly issues: readonly OptionIssue[];

  constructor(issues: readonly OptionIssue[]) {
    super(issues.map(({ message }) => message).join('; '));
    this.name = 'OptionsError';
    this.issues = issues;
  }
}
