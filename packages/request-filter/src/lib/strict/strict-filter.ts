import type { FilterRequest } from '../decide-request.ts';
import { optionError } from '../errors.ts';
import type { Refusal } from '../refusal.ts';
import type { StrictOptions } from './strict-options.ts';

/** Finds attacks. */
export interface StrictFilter {
  decide(request: FilterRequest, rawPath: string, rawQuery: string | null): Refusal | null;
}

/** Makes the filter of the preset `strict`. */
export function createStrictFilter(_options: StrictOptions = {}): StrictFilter {
  throw optionError('preset: strict is not there yet');
}
