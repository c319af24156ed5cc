import { classOfText } from './byte-class.ts';
import { kindOfName } from './field-kind.ts';
import { TableEntry } from './table-entry.ts';

/** RFC 7541 Appendix A, in order from index 1. */
const lines = `:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control content-disposition
content-encoding content-language content-length content-location content-range content-type cookie date etag expect expires
from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified link location max-forwards
proxy-authenticate proxy-authorization range referer refresh retry-after server set-cookie strict-transport-security
transfer-encoding user-agent vary via www-authenticate`.split('\n');

const FIRST_DYNAMIC = 62;
const LINES_WITH_VALUES = 16;

/** The entries from index 1 to 61; the first place is not used. */
export const staticTable: readonly TableEntry[] = buildTable();

/** The lowest index of each name. */
export const staticNames: ReadonlyMap<string, number> = new Map(
  staticTable.map((entry, index): [string, number] => [entry.name, index]).reverse(),
);

export { FIRST_DYNAMIC };

function buildTable(): TableEntry[] {
  const fields: (readonly [string, string])[] = [['', '']];
  for (const [index, line] of lines.entries()) {
    const space = line.indexOf(' ');
    if (index >= LINES_WITH_VALUES) for (const name of line.split(' ')) fields.push([name, '']);
    else if (space < 0) fields.push([line, '']);
    else fields.push([line.slice(0, space), line.slice(space + 1)]);
  }
  return fields.map(([name, value]) => TableEntry.judged(name, value, kindOfName(name, true), classOfText(value)));
}
