import { adminError } from '@windhover/admin';
import type { WorkerAnswer } from '../worker-fleet.ts';

/** The values of those that have answered. Throws the first error if none has, `ADMIN_NOT_NOW` if nobody could be asked. */
export function valuesOf<T>(answers: readonly WorkerAnswer[]): readonly T[] {
  const values = answers.flatMap((answer) => ('value' in answer ? [answer.value as T] : []));
  if (values.length > 0) return values;
  const [failed] = answers;
  if (failed !== undefined && 'error' in failed) throw failed.error;
  throw adminError('ADMIN_NOT_NOW', 'no worker is ready');
}
