import { type CacheMeta, isStoredMeta, softened } from '@windhover/cache';

/** How large one piece of a content is: Redis does nothing else while it sends one. */
export const chunkBytes = 256 * 1024;

/** An answer as Redis has it. */
export interface StoredAnswer {
  readonly contentId: string;
  readonly meta: CacheMeta;
}

/** How long an answer is of use: fresh, stale, or to be validated. In milliseconds. */
export function lifeOf(meta: CacheMeta, nowMs: number): number {
  const freshMs = meta.storedAtMs - nowMs + (meta.lifetimeSeconds - meta.initialAgeSeconds) * 1000;
  const staleMs = Math.max(meta.staleWhileRevalidateSeconds, meta.staleIfErrorSeconds) * 1000;
  const canBeValidated = meta.fields.some(
    (name, index) => index % 3 === 0 && (name === 'etag' || name === 'last-modified'),
  );
  const lifeMs = Math.max(0, freshMs) + Math.max(staleMs, canBeValidated ? validatedMs : 0);
  return Math.ceil(Math.min(Math.max(lifeMs, 1000), maxLifeMs));
}

/** For so long it is worth asking the origin whether an answer is still right. */
const validatedMs = 24 * 60 * 60 * 1000;
/** Answers that nobody has asked for in a month need not be kept. */
const maxLifeMs = 30 * 24 * 60 * 60 * 1000;

/**
 * Reads what `commitScript` has written; `null` if it is not an answer with that key, or not from this version.
 *
 * @param id the hash of the key and the id of the content
 * @param maxBytes the longest content
 */
export function readAnswer(id: string, text: string, key: string, maxBytes: number): StoredAnswer | null {
  const head = /^(\d+) \d+ (\d+) \S+ \S+ \d+ (\d+)\n/.exec(text);
  if (head === null) return null;
  const [line, codings, chunks, softenedAt] = head;
  const meta = readMeta(text.slice(line.length), maxBytes);
  if (meta?.key !== key || Math.ceil(meta.length! / chunkBytes) !== Number(chunks)) return null;
  const current = { ...meta, codings: Number(codings) };
  return {
    contentId: id.slice(id.indexOf('/') + 1),
    meta: softenedAt === '0' ? current : softened(current, Number(softenedAt)),
  };
}

function readMeta(json: string, maxBytes: number): CacheMeta | null {
  let meta: unknown;
  try {
    meta = JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return null; // somebody else has written there
    throw error;
  }
  return isStoredMeta(meta, maxBytes) ? meta : null;
}
