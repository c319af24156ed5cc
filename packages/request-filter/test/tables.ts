import { readFileSync } from 'node:fs';
import { HttpHeaders } from '@windhover/core';
import type { FilterRequest } from '../src/lib/decide-request.ts';

/** A line of a table, and the request that it describes. */
export interface TableRow {
  readonly line: string;
  readonly request: FilterRequest;
}

/** Reads a table of `test/data`: its first lines describe the format. */
export function readTable(name: string): readonly TableRow[] {
  const text = readFileSync(new URL(`./data/${name}.txt`, import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => ({ line, request: toRequest(line) }));
}

function toRequest(line: string): FilterRequest {
  const field = / \| ([A-Za-z-]+): (.*)$/.exec(line);
  const asked = field === null || !line.startsWith('= ') ? line : line.slice(0, field.index);
  const target = asked.startsWith('= ') ? asked.slice(2) : encodeForm(asked);
  const headers = new HttpHeaders();
  if (field !== null && line.startsWith('= ')) headers.set(field[1]!, field[2]!);
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return { method: 'GET', target, path, query: mark < 0 ? null : target.slice(mark + 1), headers };
}

/** `/path ? name=value & name=value`, as a browser sends a form. */
function encodeForm(line: string): string {
  const [path = '', ...rest] = line.split(' ? ');
  const query = new URLSearchParams();
  for (const pair of rest.join(' ? ').split(/ & (?=[\w.[\]$:{}#"-]+=)/)) {
    const equals = pair.indexOf('=', pair.startsWith('redirect:') ? pair.lastIndexOf('=') : 0);
    query.append(
      pair.slice(0, equals),
      pair
        .slice(equals + 1)
        .replaceAll('\\r\\n', '\r\n')
        .replaceAll('\\n', '\n'),
    );
  }
  return `${path}?${query}`;
}
