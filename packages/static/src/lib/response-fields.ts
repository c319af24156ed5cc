import type { HttpError } from '@windhover/core';
import { type ByteRange, formatContentRange } from '@windhover/http-semantics';
import { contentType } from './content-type.ts';
import type { Answer } from './decide-answer.ts';
import { staticError } from './errors.ts';
import type { StaticSettings } from './options.ts';
import type { Validators } from './validators.ts';

export type Field = readonly [name: string, value: string];
export type Fields = readonly Field[];

/** A file to answer with, and what its answer says besides. */
export interface Representation {
  /** The path of the file below the folder. */
  readonly path: string;
  /** The content coding of the open file; `null`: it is the file itself. */
  readonly coding: string | null;
  /** The fields of the request by which it was chosen; `null`: none. */
  readonly vary: string | null;
}

type FieldSettings = Pick<StaticSettings, 'cacheControl' | 'types'>;

/** The fields that keep a copy fresh: of every answer with a file, and of a 304 (RFC 9110 §15.4.5). */
export function freshnessFields(
  { path, vary }: Representation,
  { etag, lastModified }: Validators,
  { cacheControl }: FieldSettings,
): Field[] {
  const fields: Field[] = [];
  if (vary !== null) fields.push(['Vary', vary]);
  if (etag !== undefined) fields.push(['ETag', etag]);
  if (lastModified !== undefined) fields.push(['Last-Modified', lastModified]);
  const control = cacheControl(path);
  if (control !== null) fields.push(['Cache-Control', control]);
  return fields;
}

/** The fields that describe the content of a file. */
export function contentFields(representation: Representation, settings: FieldSettings): Field[] {
  const { coding } = representation;
  const fields: Field[] = [
    ['Accept-Ranges', 'bytes'],
    ['Content-Type', typeOf(representation, settings)],
    ['X-Content-Type-Options', 'nosniff'], // browsers must not guess the type from the bytes
  ];
  if (coding !== null) fields.push(['Content-Encoding', coding]);
  return fields;
}

/** The content type of a file, also where its coding is another. */
export function typeOf({ path }: Representation, { types }: Pick<StaticSettings, 'types'>): string {
  return contentType(path.slice(path.lastIndexOf('/') + 1), types);
}

export function rangeField(range: ByteRange, length: number): [name: string, value: string] {
  return ['Content-Range', formatContentRange({ ...range, length })];
}

/** The error of an answer without content: 412 or 416. */
export function refuseAnswer({ kind }: Answer, size: number): HttpError {
  if (kind === 'precondition-failed') return staticError('STATIC_PRECONDITION_FAILED');
  return staticError('STATIC_RANGE_UNSATISFIABLE', `it has ${size}`, {
    headers: { 'Content-Range': formatContentRange({ length: size }), 'Accept-Ranges': 'bytes' },
  });
}
