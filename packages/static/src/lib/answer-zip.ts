import type { HttpContext } from '@windhover/core';
import { formatContentDisposition, safeFileName } from '@windhover/http-semantics';
import type { ListSettings } from './listed-entries.ts';
import { type ZipLimits, zipFolder, zipMembers } from './zip-folder.ts';

/** Answers with a folder as a ZIP archive. Throws `STATIC_FOLDER_TOO_LARGE` for one beyond the limits. */
export async function answerZip(
  { request, response }: HttpContext,
  names: readonly string[],
  limits: ZipLimits,
  settings: ListSettings,
): Promise<void> {
  const members = await zipMembers(names, limits, settings);
  const { headers } = response;
  headers.set('Content-Type', 'application/zip');
  headers.set(
    'Content-Disposition',
    formatContentDisposition('attachment', `${safeFileName(names.at(-1) ?? 'files')}.zip`),
  );
  headers.set('Cache-Control', 'no-store');
  headers.set('X-Content-Type-Options', 'nosniff');
  response.status = 200;
  if (request.method !== 'HEAD') response.body = zipFolder(members);
}
