import { ApiError, toApiError } from '../lib/api-error.ts';
import { session, sessionEnded } from './session.ts';

/** Below the folder of the page, wherever it is served. */
export const apiRoot = 'api/v1';

export function apiGet<T>(path: string, signal?: AbortSignal): Promise<T> {
  return call<T>(path, { method: 'GET', ...(signal === undefined ? {} : { signal }) });
}

/** Sends JSON. Rejects with an `ApiError`. */
export function apiSend<T = unknown>(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown = {}): Promise<T> {
  const headers = { 'Content-Type': 'application/json', ...csrfField() };
  return call<T>(path, method === 'DELETE' ? { method, headers } : { method, headers, body: JSON.stringify(body) });
}

/** The field that proves that this page asks, and no other. */
export function csrfField(): Record<string, string> {
  const state = session.value;
  const csrf = state.kind === 'in' ? state.session.csrf : null;
  return csrf === null ? {} : { 'X-Windhover-Csrf': csrf };
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(`${apiRoot}${path}`, { ...init, credentials: 'same-origin', cache: 'no-store' });
    text = await answer.text();
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new ApiError(0, '', 'The server cannot be reached');
  }
  const body = readJson(text);
  if (answer.ok) return body as T;
  const isLogin = path === '/session' && init.method === 'POST';
  if (answer.status === 401 && !isLogin) sessionEnded();
  throw toApiError(answer.status, body);
}

export function readJson(text: string): unknown {
  try {
    return text === '' ? null : (JSON.parse(text) as unknown);
  } catch {
    return null; // an answer of something before the server
  }
}
