import type { ListedEntry } from './listed-entries.ts';
import { type ListingColumn, type ListingOrder, listingColumns } from './listing-order.ts';

/** What a page about a folder shows. */
export interface ListingPage {
  /** Names of the folder and those above it, below the served top. */
  readonly names: readonly string[];
  /** Sorted. */
  readonly entries: readonly ListedEntry[];
  readonly order: ListingOrder;
  /** Whether the folder has more entries. */
  readonly isCut: boolean;
  /** Whether the folder can be downloaded with `?zip`. */
  readonly hasZip: boolean;
}

const labels: Readonly<Record<ListingColumn, string>> = { name: 'Name', size: 'Size', modified: 'Modified (UTC)' };

const style = `:root{color-scheme:light dark;--text:#1b1f24;--soft:#57606a;--line:#d8dee4;--back:#fff;--link:#0a58ca;--row:#f3f6f9}
@media (prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9aa5b1;--line:#30363d;--back:#0d1117;--link:#6cb2ff;--row:#161b22}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 3rem}h1{font-size:1.35rem;margin:0 0 1rem;overflow-wrap:anywhere;font-weight:600}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}a:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:2px}
table{width:100%;border-collapse:collapse}th{text-align:left;font-weight:600;border-bottom:1px solid var(--line);padding:.5rem .6rem;white-space:nowrap}
td{padding:.4rem .6rem;border-bottom:1px solid var(--line)}tbody tr:hover{background:var(--row)}td:first-child{overflow-wrap:anywhere}
th.number,td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.number,p{color:var(--soft)}th a{color:inherit}
@media (max-width:36rem){.modified{display:none}}`;

/** The page of a folder: it needs no script, sorts by links, and every name in it is escaped. */
export function listingPage(page: ListingPage): string {
  const { names, entries, isCut, hasZip } = page;
  const title = escapeHtml(`/${names.map((name) => `${name}/`).join('')}`);
  const notes = [
    isCut ? `<p>The folder has more entries than these ${entries.length}.</p>` : '',
    hasZip ? '<p><a href="?zip" download rel="nofollow">Download as ZIP</a></p>' : '',
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title>
<style>${style}</style>
<main>
<h1>${breadcrumbs(names)}</h1>
<table>
<thead><tr>${listingColumns.map((column) => heading(column, page.order)).join('')}</tr></thead>
<tbody>
${names.length === 0 ? '' : '<tr><td><a href="../">../</a></td><td class="number"></td><td class="number modified"></td></tr>\n'}${entries.map(row).join('\n')}
</tbody>
</table>
${notes.join('')}</main>
</html>
`;
}

/** Relative links work wherever the folder stands. */
function breadcrumbs(names: readonly string[]): string {
  const up = (levels: number): string => (levels === 0 ? './' : '../'.repeat(levels));
  const crumbs = names.map((name, index) => link(up(names.length - 1 - index), name, index === names.length - 1));
  return `<nav aria-label="Folders">${[link(up(names.length), 'Top', names.length === 0), ...crumbs].join(' / ')}</nav>`;
}

function link(href: string, text: string, isCurrent: boolean): string {
  return `<a href="${href}"${isCurrent ? ' aria-current="page"' : ''}>${escapeHtml(text)}</a>`;
}

function heading(column: ListingColumn, { by, isDescending }: ListingOrder): string {
  const isSorted = column === by;
  const next = isSorted && !isDescending ? 'desc' : 'asc';
  const sorted = isSorted ? ` aria-sort="${isDescending ? 'descending' : 'ascending'}"` : '';
  const arrow = isSorted ? `<span aria-hidden="true"> ${isDescending ? '↓' : '↑'}</span>` : '';
  const classes = { name: '', size: ' class="number"', modified: ' class="number modified"' }[column];
  const href = `?sort=${column}&amp;order=${next}`;
  return `<th scope="col"${classes}${sorted}><a href="${href}" rel="nofollow">${labels[column]}${arrow}</a></th>`;
}

function row({ name, kind, size, modifiedMs }: ListedEntry): string {
  const slash = kind === 'folder' ? '/' : '';
  const modified = modifiedMs === null ? '' : timeOf(modifiedMs);
  return `<tr><td><a href="./${encodeURIComponent(name)}${slash}">${escapeHtml(name)}${slash}</a></td><td class="number">${
    size === null ? '' : `<span title="${size} bytes">${formatSize(size)}</span>`
  }</td><td class="number modified">${modified}</td></tr>`;
}

function timeOf(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)}</time>`;
}

/** A size with three digits or fewer: `1.5 MB`. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = bytes;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
