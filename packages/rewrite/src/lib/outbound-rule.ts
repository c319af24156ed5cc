/** Changes values of a header of answers. */
export interface HeaderRule {
  readonly header: string;
  /** A text: wherever it stands, `to` takes its place. */
  readonly find?: string;
  /** A regular expression, in place of `find`: the whole value becomes `to`, with `{1}` for a group. */
  readonly pattern?: string;
  readonly to: string;
}

/** Changes the text of bodies. */
export interface BodyRule {
  /** A text: wherever it stands, `to` takes its place. */
  readonly find: string;
  readonly to: string;
  /** Media types; `text/*` is every text. Default: text/html. */
  readonly types?: readonly string[];
}

/** Changes the links of HTML pages: values of `href`, `src`, `action` and their like. */
export interface LinkRule {
  /** Elements whose links are changed: `['a', 'img']`; `'all'` for all that have one. */
  readonly links: readonly string[] | 'all';
  /** A text: wherever it stands in the link, `to` takes its place. */
  readonly find?: string;
  /** A regular expression, in place of `find`: the whole link becomes `to`, with `{1}` for a group. */
  readonly pattern?: string;
  readonly to: string;
}

/** One change of answers. */
export type OutboundRule = HeaderRule | BodyRule | LinkRule;

/** How `outbound` changes bodies. */
export interface OutboundOptions {
  /**
   * The largest body that is decompressed to be changed, in bytes. Default: 64 MiB, far above any page. A larger one fails.
   */
  readonly maxDecompressedBytes?: number;
}

/** The attributes that hold a link, by element. IIS knows the older ones of them. */
export const linkAttributes: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  button: ['formaction'],
  embed: ['src'],
  form: ['action'],
  frame: ['src', 'longdesc'],
  head: ['profile'],
  iframe: ['src', 'longdesc'],
  img: ['src', 'longdesc', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  link: ['href'],
  object: ['data'],
  script: ['src'],
  source: ['src'],
  track: ['src'],
  video: ['src', 'poster'],
};
