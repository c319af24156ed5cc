import type { HttpRequest } from '@windhover/core';

export function toHeaders({ headers: { fields } }: HttpRequest): Headers {
  const headers = new Headers();
  for (let index = 0; index < fields.length; index += 3) headers.append(fields[index]!, fields[index + 1]!);
  return headers;
}
