/** The kinds of attacks that `strict` knows. */
export type AttackKind =
  | 'traversal'
  | 'sql'
  | 'command'
  | 'template'
  | 'xss'
  | 'scanner'
  | 'dotfiles'
  | 'java'
  | 'php'
  | 'injection';

/** Options of the preset `strict`. */
export interface StrictOptions {
  /** Kinds that are not looked for. Default: all are. */
  readonly except?: readonly AttackKind[];
  /** The header fields that are searched. Default: `user-agent`, `referer`, and those that log4j probes use most. */
  readonly headers?: readonly string[];
}
