import type { HttpContext } from '@windhover/core';

/** How browsers reach this server: `https://app.example.com`. */
export function originOf({ client: { scheme, host, hostPort } }: Pick<HttpContext, 'client'>): string {
  return `${scheme}://${host}${hostPort === null ? '' : `:${hostPort}`}`;
}

/** Answers with a redirect that nobody keeps, and that does not tell the next host where the user comes from. */
export function redirectTo({ response }: HttpContext, location: string): 'answered' {
  response.status = 303;
  response.headers.assign({ Location: location, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
  return 'answered';
}

/** Answers without a body; error pages give it one. */
export function answerStatus({ response }: HttpContext, status: number): 'answered' {
  response.status = status;
  response.headers.set('Cache-Control', 'no-store');
  return 'answered';
}
