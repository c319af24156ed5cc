import type { HttpContext } from '@windhover/core';
import { addVary } from '@windhover/http-semantics';
import { answerFile, partOf } from './answer-file.ts';
import type { OpenFile } from './file-source.ts';
import type { StaticSettings } from './options.ts';
import {
  contentFields,
  freshnessFields,
  type Representation,
  rangeField,
  refuseAnswer,
  typeOf,
} from './response-fields.ts';

type RespondSettings = Pick<StaticSettings, 'cacheControl' | 'types' | 'contentTags'>;

/** Answers with an open file: all of it, a part, or none. Closes the file in any case. */
export async function respond(
  { request, response }: HttpContext,
  file: OpenFile,
  representation: Representation,
  settings: RespondSettings,
): Promise<void> {
  let isClosedLater = false;
  try {
    const type = typeOf(representation, settings);
    const found = await answerFile(request, file, settings.contentTags, type);
    const { answer, size, validators } = found;
    if (answer.kind === 'precondition-failed' || answer.kind === 'unsatisfiable') throw refuseAnswer(answer, size);
    const { headers } = response;
    const given = headers.get('vary');
    for (const [name, value] of freshnessFields(representation, validators, settings)) headers.set(name, value);
    if (given !== undefined) headers.set('Vary', addVary(given, ...(representation.vary?.split(', ') ?? [])));
    response.status = { 'not-modified': 304, whole: 200, part: 206, parts: 206 }[answer.kind];
    if (answer.kind === 'not-modified') return;
    for (const [name, value] of contentFields(representation, settings)) headers.set(name, value);
    if (answer.kind === 'part') headers.set(...rangeField(answer.range, size));
    if (found.multipart !== null) headers.set('Content-Type', found.multipart.type);
    isClosedLater = found.body !== null && !(found.body instanceof Uint8Array);
    response.body = found.body;
    if (request.method === 'HEAD') response.declaredLength = partOf(found).length;
  } finally {
    if (!isClosedLater) await file.close();
  }
}
