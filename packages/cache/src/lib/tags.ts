import type { HttpHeaders } from '@windhover/core';
import { keptString } from './kept-string.ts';

/** The tags of an answer: `Surrogate-Key` separates them by spaces, `Cache-Tag` by commas. */
export function tagsOf(headers: HttpHeaders): readonly string[] {
  const keys = headers.get('surrogate-key');
  const tags = headers.get('cache-tag');
  if (keys === undefined && tags === undefined) return none;
  const all = [...(keys ?? '').split(/[\s,]+/), ...(tags ?? '').split(',')].map((tag) => tag.trim());
  return [...new Set(all)].filter((tag) => tag !== '').map(keptString);
}

const none: readonly string[] = [];
