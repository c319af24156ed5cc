import type { HttpContext } from '@windhover/core';
import { formatContentRange } from '@windhover/http-semantics';
import { contentType } from './content-type.ts';
import { type Answer, decideAnswer } from './decide-answer.ts';
import { staticError } from './errors.ts';
import { fileBody } from './file-body.ts';
import type { OpenedFile } from './open-file.ts';
import type { StaticSettings } from './options.ts';
import { fileValidators, type Validators } from './validators.ts';

type RespondSettings = Pick<StaticSettings, 'cacheControl' | 'types' | 'contentTags'>;

/** Answers with an open file, whole or in part or not at all, and sees to it that it is closed. `path` is what was asked for. */
export async function respond(
  { request, response }: HttpContext,
  file: OpenedFile,
  path: string,
  settings: RespondSettings,
): Promise<void> {
  let isClosedLater = false;
  try {
    const nowMs = Date.now();
    const validators = fileValidators(file, await settings.contentTags.find(file.handle, file, nowMs), nowMs);
    const answer = decideAnswer(request, { size: file.size, validators }, nowMs);
    const { status, start, length, headers } = head(answer, file, validators, settings);
    const cacheControl = settings.cacheControl(path);
    response.status = status;
    response.headers.assign(headers);
    if (cacheControl !== null) response.headers.set('Cache-Control', cacheControl);
    if (status === 304) return;
    if (request.method === 'HEAD') response.declaredLength = length;
    else {
      isClosedLater = true;
      response.body = await fileBody(file.handle, start, length);
    }
  } finally {
    if (!isClosedLater) await file.handle.close();
  }
}

interface Head {
  readonly status: number;
  readonly start: number;
  readonly length: number;
  readonly headers: Record<string, string>;
}

function head(answer: Answer, file: OpenedFile, validators: Validators, settings: RespondSettings): Head {
  const { size, name } = file;
  const headers: Record<string, string> = { ETag: validators.etag };
  if (validators.lastModified !== undefined) headers['Last-Modified'] = validators.lastModified;
  switch (answer.kind) {
    case 'precondition-failed':
      throw staticError('STATIC_PRECONDITION_FAILED');
    case 'unsatisfiable':
      throw staticError('STATIC_RANGE_UNSATISFIABLE', `it has ${size}`, {
        headers: { 'Content-Range': formatContentRange({ length: size }), 'Accept-Ranges': 'bytes' },
      });
    case 'not-modified':
      return { status: 304, start: 0, length: 0, headers };
    case 'whole':
    case 'part': {
      headers['Accept-Ranges'] = 'bytes';
      headers['Content-Type'] = contentType(name, settings.types);
      headers['X-Content-Type-Options'] = 'nosniff'; // the extension decides, not what a browser makes of the bytes
      if (answer.kind === 'whole') return { status: 200, start: 0, length: size, headers };
      const { start, end } = answer.range;
      headers['Content-Range'] = formatContentRange({ start, end, length: size });
      return { status: 206, start, length: end - start + 1, headers };
    }
  }
}
