import type { ConfigPath } from './config-path.ts';

/** Something wrong with a configuration, before anybody has looked up where in the file that is. */
export interface Finding {
  /** The place: a path into the configuration, or an offset into the text where there is no tree yet. */
  readonly at: { readonly path: ConfigPath; readonly part: 'key' | 'value' } | { readonly offset: number };
  /** What was expected and what was found, in one sentence without a full stop. */
  readonly message: string;
  /** The right name, when what was found looks like a misspelling of one. */
  readonly suggestion?: string | undefined;
}

/** A finding about the value at `path`. */
export function findingAt(path: ConfigPath, message: string, suggestion?: string): Finding {
  return { at: { path, part: 'value' }, message, suggestion };
}

/** A finding about the last key of `path`. */
export function findingAtKey(path: ConfigPath, message: string, suggestion?: string): Finding {
  return { at: { path, part: 'key' }, message, suggestion };
}
