import { parseListField } from './list-field.ts';
import { parseMediaType } from './media-type.ts';
import { parseQuality } from './quality.ts';

/** One media range of Accept. */
export interface MediaRange {
  /** In lower case; `*` only together with subtype `*`. */
  readonly type: string;
  readonly subtype: string;
  /** The parameters before `q`. */
  readonly parameters: ReadonlyMap<string, string>;
  /** 0 (refused) to 1. */
  readonly quality: number;
}

/** Parses Accept (RFC 9110 §12.5.1), in field order. Malformed elements are dropped, and so is a bare `*`. */
export function parseAccept(value: string): MediaRange[] {
  const ranges: MediaRange[] = [];
  for (const element of parseListField(value)) {
    const mediaType = parseMediaType(element);
    if (mediaType === null || (mediaType.type === '*' && mediaType.subtype !== '*')) continue;
    const { type, subtype } = mediaType;
    const quality = parseQuality(mediaType.parameters.get('q'));
    if (quality !== null) ranges.push({ type, subtype, parameters: beforeQuality(mediaType.parameters), quality });
  }
  return ranges;
}

function beforeQuality(parameters: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const names = [...parameters.keys()];
  const index = names.indexOf('q');
  return index < 0 ? parameters : new Map([...parameters].slice(0, index));
}
