import type { HttpContext } from '@windhover/core';
import { addVary, formatContentRange } from '@windhover/http-semantics';
import { answerFile, type FileAnswer, partOf } from './answer-file.ts';
import { contentType } from './content-type.ts';
import { staticError } from './errors.ts';
import { FileBody } from './file-body.ts';
import type { OpenFile } from './file-source.ts';
import type { StaticSettings } from './options.ts';

type RespondSettings = Pick<StaticSettings, 'cacheControl' | 'types' | 'contentTags'>;

/** A file to answer with, and what its answer says besides. */
export interface Representation {
  /** The path of the file below the folder. */
  readonly path: string;
  /** The content coding of the open file; `null`: it is the file itself. */
  readonly coding: string | null;
  /** The fields of the request by which it was chosen; `null`: none. */
  readonly vary: string | null;
}

/** Answers with an open file: all of it, a part, or none. Closes the file in any case. */
export async function respond(
  { request, response }: HttpContext,
  file: OpenFile,
  representation: Representation,
  settings: RespondSettings,
): Promise<void> {
  let isClosedLater = false;
  try {
    const { path, vary } = representation;
    if (vary !== null) response.headers.set('Vary', addVary(response.headers.get('vary'), ...vary.split(', ')));
    const answer = await answerFile(request, file, settings.contentTags);
    const { status, headers } = head(answer, representation, settings);
    const cacheControl = settings.cacheControl(path);
    response.status = status;
    response.headers.assign(headers);
    if (cacheControl !== null) response.headers.set('Cache-Control', cacheControl);
    if (status === 304) return;
    isClosedLater = answer.body instanceof FileBody;
    response.body = answer.body;
    if (request.method === 'HEAD') response.declaredLength = partOf(answer).length;
  } finally {
    if (!isClosedLater) await file.close();
  }
}

interface Head {
  readonly status: number;
  readonly headers: Record<string, string>;
}

function head(
  { answer, size, validators }: FileAnswer,
  { path, coding }: Representation,
  settings: RespondSettings,
): Head {
  const headers: Record<string, string> = {};
  if (validators.etag !== undefined) headers.ETag = validators.etag;
  if (validators.lastModified !== undefined) headers['Last-Modified'] = validators.lastModified;
  switch (answer.kind) {
    case 'precondition-failed':
      throw staticError('STATIC_PRECONDITION_FAILED');
    case 'unsatisfiable':
      throw staticError('STATIC_RANGE_UNSATISFIABLE', `it has ${size}`, {
        headers: { 'Content-Range': formatContentRange({ length: size }), 'Accept-Ranges': 'bytes' },
      });
    case 'not-modified':
      return { status: 304, headers };
    case 'whole':
    case 'part': {
      headers['Accept-Ranges'] = 'bytes';
      headers['Content-Type'] = contentType(path.slice(path.lastIndexOf('/') + 1), settings.types);
      if (coding !== null) headers['Content-Encoding'] = coding;
      headers['X-Content-Type-Options'] = 'nosniff'; // browsers must not guess the type from the bytes
      if (answer.kind === 'whole') return { status: 200, headers };
      headers['Content-Range'] = formatContentRange({ ...answer.range, length: size });
      return { status: 206, headers };
    }
  }
}
