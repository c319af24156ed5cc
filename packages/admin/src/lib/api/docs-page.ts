import { describeBody } from './describe-body.ts';
import type { AdminRoute } from './route.ts';

/** The routes as a page. */
export function docsPage(routes: readonly AdminRoute[]): string {
  const rows = routes.map(
    ({ method, path, summary, role, query = {}, body }) =>
      `<tr><td><code>${method} ${toHtml(`/api/v1${path}`)}</code></td><td>${toHtml(summary)}${list(query)}${bodyOf(body)}</td><td>${role ?? 'nobody has to be logged in'}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Management API</title>
<style>:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8884}</style>
<h1>Management API</h1>
<p>The same for programs: <a href="openapi.json">openapi.json</a>. Errors are <code>application/problem+json</code> with a <code>code</code>.</p>
<p>A body is JSON, with <code>Content-Type: application/json</code>; <code>{}</code> if there is nothing to say. A name with <code>?</code> may be left out.
A program sends <code>Authorization: Bearer TOKEN</code>.</p>
<table><thead><tr><th scope="col">Request</th><th scope="col">What it does</th><th scope="col">Role</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></html>
`;
}

function list(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, meaning]) => `<br><code>?${toHtml(name)}</code> ${toHtml(meaning)}`)
    .join('');
}

function bodyOf(body: AdminRoute['body']): string {
  return body === undefined ? '' : `<br>Body: <code>${toHtml(describeBody(body))}</code>`;
}

function toHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
