import { bodyLength, type HttpContext } from '@windhover/core';
import { fetchError } from './errors.ts';

/** The body argument of `new Response`. */
export type ResponseBody = ConstructorParameters<typeof Response>[0] | null;

/** Status and headers of the context's answer, for a Response. `host` is the Response from behind the middleware. */
export function responseHead(
  context: HttpContext,
  host: Response | null,
): { readonly status: number; readonly statusText: string; readonly headers: Headers } {
  const { response } = context;
  const { status, declaredLength, body } = response;
  const length = announcedLength(context);
  const headers = new Headers();
  for (const [name, value] of response.headers) headers.append(name, value);
  headers.delete('Trailer'); // a Response has no trailers
  if (headers.has('Upgrade')) headers.set('Connection', response.closeConnection ? 'upgrade, close' : 'upgrade');
  else if (response.closeConnection) headers.set('Connection', 'close');
  if (length !== null && (body !== null || declaredLength !== null)) headers.set('Content-Length', String(length));
  return { status, statusText: host?.status === status ? host.statusText : '', headers };
}

/** Statuses for which the host cannot send a body. */
export const withoutBody: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Returns the length that the head announces, or `null` for none. Throws if it is not a valid length or differs from the body's: the host
 * would send it anyway.
 */
export function announcedLength({ request, response }: HttpContext): number | null {
  const { body, declaredLength, status } = response;
  const length = bodyLength(body);
  if (declaredLength === null) return length;
  const isLength = Number.isSafeInteger(declaredLength) && declaredLength >= 0;
  const mayDiffer = length === null || request.method === 'HEAD' || withoutBody.has(status);
  if (isLength && (mayDiffer || length === declaredLength)) return declaredLength;
  throw fetchError(
    'FETCH_RESPONSE_INVALID',
    `its declaredLength is ${declaredLength}, and its body has ${length} bytes`,
  );
}
