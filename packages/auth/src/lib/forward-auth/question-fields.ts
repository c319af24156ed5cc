import type { HttpContext } from '@windhover/core';
import { mountPath } from '../mount.ts';

/**
 * The fields that a deciding service gets: some of the client's, and the request itself in the words of Traefik, Caddy
 * (`X-Forwarded-*`) and nginx (`X-Original-*`). Those always come from here, never from the client.
 */
export function questionFields(context: HttpContext, names: readonly string[]): string[] {
  const { request, client } = context;
  const url = `${mountPath(context)}${request.url}`;
  const host = client.hostPort === null ? client.host : `${client.host}:${client.hostPort}`;
  const fields: string[] = [];
  const add = (name: string, value: string): void => void fields.push(name.toLowerCase(), value, name);
  for (const name of names) {
    const lower = name.toLowerCase();
    if (lower.startsWith('x-forwarded-') || lower.startsWith('x-original-')) continue;
    const value = request.headers.get(lower);
    if (value !== undefined) add(name, value);
  }
  add('X-Forwarded-Method', request.method);
  add('X-Forwarded-Proto', client.scheme);
  add('X-Forwarded-Host', host);
  add('X-Forwarded-Uri', url);
  if (client.address !== '') add('X-Forwarded-For', client.address);
  add('X-Original-Method', request.method);
  add('X-Original-URL', `${client.scheme}://${host}${url}`);
  return fields;
}
