/**
 * Media types whose content shrinks: text, and formats that are not compressed already. `text/event-stream` is one of
 * them, since every event is flushed.
 */
const compressible =
  /^(?:text\/[^/]+|[^/]+\/[^/]+\+(?:json|json-seq|xml|yaml|text)|application\/(?:json|json-seq|(?:x-)?ndjson|jsonl|javascript|ecmascript|x-javascript|typescript|xml|xml-dtd|wasm|graphql|toml|(?:x-)?yaml|sql|rtf|x-sh|x-tar|x-tex|x-www-form-urlencoded|postscript|vnd\.ms-fontobject|vnd\.apple\.mpegurl|dash\+xml|x-sqlite3)|font\/(?:ttf|otf|collection|sfnt)|image\/(?:bmp|x-ms-bmp|x-icon|vnd\.microsoft\.icon|vnd\.adobe\.photoshop)|model\/(?:gltf-binary|obj|stl|step))$/;

/** Whether content of a media type usually shrinks. `essence` is `type/subtype` in lower case. */
export function isCompressible(essence: string): boolean {
  return compressible.test(essence);
}

/** The part of a `Content-Type` before the parameters, in lower case. */
export function essenceOf(contentType: string): string {
  const end = contentType.indexOf(';');
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

/** Turns a list such as `['text/*', 'application/json']` into a question. */
export function matchTypes(types: readonly string[]): (essence: string) => boolean {
  const all = new Set(types.map((type) => type.toLowerCase()));
  return (essence) => all.has(essence) || all.has(`${essence.slice(0, essence.indexOf('/'))}/*`) || all.has('*/*');
}
