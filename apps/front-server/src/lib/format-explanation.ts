import type { ExplainedLayer, Explanation } from '@windhover/config';
import type { FtpExplanation } from './explain-ftp.ts';

/**
 * Formats an explanation for a console.
 *
 * @param protocols what clients may speak at the listeners
 */
export function formatExplanation(explained: Explanation, protocols: readonly string[] = []): string {
  const { request, client, site, route, noRoute, listeners, listenerRemark, answer } = explained;
  const { method, host, port, path, query } = request;
  const origin = host === '' ? '' : `${client.scheme}://${host}${port === null ? '' : `:${port}`}`;
  const target = `${origin}${path}${query === null ? '' : `?${query}`}`;
  const remark = listenerRemark === null ? '' : ` (${listenerRemark})`;
  const facts: [string, string][] = [
    ['client', `${client.address}, from the ${client.source}`],
    ['listener', `${listeners.join(', ')}${remark}`],
    ...protocols.map((protocol): [string, string] => ['protocol', protocol]),
    ['site', `${site.name ?? 'none'}: ${site.because}`],
  ];
  if (route !== null) facts.push(['route', `${route.path}, ${route.place}: ${route.because}`]);
  if (noRoute !== null) facts.push(['route', `none: ${noRoute}`]);
  const parts = [
    `${method} ${target}\n`,
    columns(facts),
    titled(
      'Other routes',
      explained.otherRoutes.map((other) => [other.path, other.place, other.because]),
    ),
    titled('Layers, in the order in which the request goes through them', explained.layers.flatMap(layerRows)),
    titled(
      'Not in effect for this request',
      explained.leftOut.map(({ feature, level, place, because }) => [feature, whereOf(feature, level, place), because]),
    ),
    `Answer: ${answer}\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** The same for a command of FTP. */
export function formatFtpExplanation({ verb, url, facts, answer }: FtpExplanation): string {
  const rows = facts.length === 0 ? [] : [columns(facts)];
  return [`${verb} ${url}\n`, ...rows, `Answer: ${answer}\n`].join('\n');
}

/** The first reason stands beside the layer, each further one below it. */
function layerRows({ phase, feature, level, place, reasons }: ExplainedLayer): string[][] {
  const said = reasons.map(({ decision, because }) => `${decision}: ${because}`);
  const [first = 'does not say in advance what it does', ...others] = said;
  return [[phase, feature, whereOf(feature, level, place), first], ...others.map((other) => ['', '', '', other])];
}

function whereOf(feature: string, level: ExplainedLayer['level'], place: string): string {
  return place === feature ? level : `${level}, ${place}`;
}

function titled(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `${title}:\n${columns(rows)}`;
}

/** Rows with columns as wide as their longest entry; the last column is as long as it is. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((entry, column) => (column === row.length - 1 ? entry : entry.padEnd(widths[column]!))).join('   '),
  );
  return lines.map((line) => `  ${line}\n`).join('');
}
