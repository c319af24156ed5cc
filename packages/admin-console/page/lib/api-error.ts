import type { ApiProblem } from '@windhover/admin';

/** Why a request to the server did not work, in words for the user. `status` is 0 if no answer came. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** The whole answer, for the calls that need more than words of it. */
  readonly body: unknown;

  constructor(status: number, code: string, message: string, body: unknown = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.body = body;
  }
}

/** Makes an error of an answer that is none of success. The title is that of the status: it is told only if there is no more. */
export function toApiError(status: number, body: unknown): ApiError {
  const { title, detail, code } = (typeof body === 'object' && body !== null ? body : {}) as Partial<ApiProblem>;
  const words = [detail, title].find((part) => typeof part === 'string' && part !== '');
  const message = words ?? `The server answered ${status}`;
  return new ApiError(status, typeof code === 'string' ? code : '', message, body);
}
