import type { ErrorFacts } from './error-facts.ts';
import { escapeHtml } from './escape-html.ts';

/** Advice for a person who just wanted to see a page. */
const advice: Readonly<Record<number, string>> = {
  400: 'The server could not make sense of this request.',
  401: 'You need to sign in to see this page.',
  403: 'You may not see this page.',
  404: 'There is no page at this address. It may have moved, or the address may be mistyped.',
  405: 'This address cannot be used in that way.',
  408: 'The request took too long to arrive. Please try again.',
  410: 'This page is gone for good.',
  413: 'What you sent is larger than this server takes.',
  429: 'Too many requests came from you in a short time. Please wait a moment and try again.',
  500: 'Something went wrong on our side. Please try again later.',
  502: 'A server behind this one did not answer as it should. Please try again later.',
  503: 'The service is not available right now. Please try again later.',
  504: 'A server behind this one did not answer in time. Please try again later.',
};

const style =
  ':root{color-scheme:light dark;--back:#fafaf9;--text:#292524;--soft:#78716c;--line:#e7e5e4;--mark:#b45309}' +
  '@media(prefers-color-scheme:dark){:root{--back:#1c1917;--text:#e7e5e4;--soft:#a8a29e;--line:#44403c;--mark:#fbbf24}}' +
  '*{box-sizing:border-box;margin:0}' +
  'body{min-height:100vh;display:grid;place-items:center;padding:2rem;background:var(--back);color:var(--text);' +
  'font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}' +
  'main{width:100%;max-width:34rem}' +
  '.status{font-size:.9375rem;font-weight:600;letter-spacing:.12em;color:var(--mark)}' +
  'h1{margin:.25rem 0 .75rem;font-size:clamp(1.75rem,6vw,2.5rem);line-height:1.15;font-weight:650;letter-spacing:-.02em}' +
  'p{overflow-wrap:anywhere}' +
  'footer{margin-top:2rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.875rem;color:var(--soft)}' +
  'code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}';

/** The page needs only its own style: it loads nothing and runs nothing. */
export const errorPagePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * Renders a complete HTML page about an error: under 2 KiB, light or dark by the reader's preference, no script,
 * everything escaped.
 */
export function renderErrorPage({ status, title, detail, requestId }: ErrorFacts): string {
  const sentence = detail ?? advice[status] ?? '';
  const paragraph = sentence === '' ? '' : `<p>${escapeHtml(sentence)}</p>\n`;
  const footer = requestId === null ? '' : `<footer>Request <code>${escapeHtml(requestId)}</code></footer>\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${status} ${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="status">${status}</p>
<h1>${escapeHtml(title)}</h1>
${paragraph}${footer}</main>
</body>
</html>
`;
}
