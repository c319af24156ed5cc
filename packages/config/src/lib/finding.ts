import type { ConfigPath } from './config-path.ts';

/** An error in a configuration whose position in the file has not been looked up yet. */
export interface Finding {
  /** The place: a path into the configuration, or an offset into the text if there is no tree yet. */
  readonly at: { readonly path: ConfigPath; readonly part: 'key' | 'value' } | { readonly offset: number };
  /** States the expected and the found value, in one sentence without a full stop. */
  readonly message: string;
  /** The correct name, if the found one looks like a misspelling of it. */
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
