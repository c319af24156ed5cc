/** The environment of a process: `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The result of reading the references in one text. */
export interface Substitution {
  /** The text with the values in place of the references. */
  readonly text: string;
  /** The variables that it names, in order. */
  readonly names: readonly string[];
  /** Whether nothing came from a variable: there are only defaults. */
  readonly isDefault: boolean;
  /** The problems, each as `expected …, found …`. */
  readonly problems: readonly { readonly message: string; readonly missing: string | null }[];
}

/**
 * Replaces `${NAME}` with a variable of the environment and `${NAME:-default}` with the variable or, if it is unset or empty, the default.
 * `$${` stands for `${`; a `$` before anything else is an ordinary character.
 */
export function substituteReferences(text: string, env: Environment): Substitution {
  const names: string[] = [];
  let isDefault = true;
  const problems: { message: string; missing: string | null }[] = [];
  const substituted = text.replace(/\$\$\{|\$\{([^}]*)(\}?)/g, (written, inside: string | undefined, end: string) => {
    if (inside === undefined) return '${';
    const parts = end === '' ? null : /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inside);
    if (parts === null) {
      const message = `expected \`\${NAME}\`, \`\${NAME:-default}\`, or \`$\${\` for a plain \`\${\`, found \`${written}\``;
      problems.push({ message, missing: null });
      return written;
    }
    const [, name, otherwise] = parts as unknown as [string, string, string | undefined];
    names.push(name);
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined && (value !== '' || otherwise === undefined)) {
      isDefault = false;
      return value;
    }
    if (otherwise !== undefined) return otherwise;
    const message = `expected the environment variable \`${name}\`, or a default as in \`\${${name}:-…}\`, found neither`;
    problems.push({ message, missing: name });
    return written;
  });
  return { text: substituted, names, isDefault, problems };
}
