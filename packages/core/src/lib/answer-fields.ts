import type { HeaderInit } from './header-init.ts';
import { HttpHeaders } from './http-headers.ts';

/**
 * Sets a field of an answer that comes from an application or an upstream. It replaces a value that a middleware set
 * before, except for two fields: `Set-Cookie` is appended (RFC 6265 §3), and `Vary` lists the names of both (RFC 9110
 * §12.5.5).
 */
export function setAnswerField(headers: HttpHeaders, name: string, value: string | readonly string[]): void {
  if (name.length === 10 && name.toLowerCase() === 'set-cookie') {
    if (typeof value === 'string') headers.append(name, value);
    else for (const each of value) headers.append(name, each);
  } else if (name.length === 4 && name.toLowerCase() === 'vary') {
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : joinVary(before, String(value)));
  } else headers.set(name, value);
}

/** Sets every field of an answer by the rules of `setAnswerField`. Several fields with the same name are all kept. */
export function setAnswerFields(headers: HttpHeaders, answer: HeaderInit): void {
  if (headers.size === 0) return void headers.assign(answer);
  const replaced = new Set<string>();
  for (const [name, value] of answer instanceof HttpHeaders ? answer : new HttpHeaders(answer)) {
    const lower = name.toLowerCase();
    if (lower !== 'vary' && replaced.has(lower)) headers.append(name, value);
    else setAnswerField(headers, name, value);
    replaced.add(lower);
  }
}

/** Lists every field name once, in its first spelling. `*` means that anything may matter, so it replaces the list. */
function joinVary(before: string, added: string): string {
  const names = new Map<string, string>();
  for (const part of `${before},${added}`.split(',')) {
    const name = part.trim();
    if (name === '*') return name;
    const lower = name.toLowerCase();
    if (name !== '' && !names.has(lower)) names.set(lower, name);
  }
  return [...names.values()].join(', ');
}
