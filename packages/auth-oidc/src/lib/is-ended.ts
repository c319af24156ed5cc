import type { EndedLogins } from './ended-logins.ts';
import type { Login } from './login.ts';

/** Whether a login was ended by a logout here, or by one that the provider has told of. A promise only if the store needs one. */
export function isEnded(login: Login, ended: EndedLogins, issuer: string): boolean | Promise<boolean> {
  const answers = [ended.endedAt(`${issuer} id:${login.id}`), ended.endedAt(`${issuer} sub:${login.claims.sub}`)];
  if (login.sid !== undefined) answers.push(ended.endedAt(`${issuer} sid:${login.sid}`));
  const isAfter = (endedAt: number | null): boolean => endedAt !== null && endedAt >= login.iat;
  if (answers.some((answer) => answer instanceof Promise))
    return Promise.all(answers).then((settled) => settled.some(isAfter));
  return (answers as (number | null)[]).some(isAfter);
}
