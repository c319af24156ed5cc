import type { ApiValidation } from '@windhover/admin';
import { useEffect, useState } from 'preact/hooks';
import { apiSend } from '../api/client.ts';

/** `null`: it is not known yet. */
export interface Validation {
  readonly result: ApiValidation | null;
  readonly error: string | null;
}

const waitMs = 400;

/** Asks the server what is wrong with a text, a moment after the last key. */
export function useValidation(text: string | null): Validation {
  const [state, setState] = useState<Validation & { text: string | null }>({ text: null, result: null, error: null });
  useEffect(() => {
    if (text === null) return;
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const next = await apiSend<ApiValidation>('POST', '/config/validate', { text }).then(
        (result) => ({ text, result, error: null }),
        (error: Error) => ({ text, result: null, error: error.message }),
      );
      if (isCurrent) setState(next);
    }, waitMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [text]);
  return state.text === text ? state : { result: null, error: null };
}
