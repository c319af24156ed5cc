import {
  countBefore,
  hasBefore,
  hasNear,
  hasOpenQuote,
  isDigit,
  isOneValue,
  isOneValueBefore,
  isQuote,
  isWholeWord,
  isWord,
  lastBefore,
  matches,
  skipSpaces,
} from './scan.ts';
import { type NormalText, type Signal, signals } from './signal.ts';

const functions = [
  ...['sleep(', 'benchmark(', 'pg_sleep(', 'extractvalue(', 'updatexml(', 'ascii(', 'substring(', 'substr(', 'mid('],
  ...['ord(', 'exists(', 'exists (', 'select ', 'if(', 'case when', 'load_file(', 'db_name(', 'user(', 'database('],
  ...['version(', 'length(database', 'length(user', 'length((select', 'row(', 'updatexml', 'char_length(', 'unicode('],
];

/** SQL in a parameter: it must leave the value that it stands in, or compare two constants, or call what only SQL has. */
export const sqlSignals: readonly Signal[] = [
  ...signals('sql', ['or', 'and', 'xor', '||', '&&', 'having', 'where'], connective),
  ...signals('sql', ['union select', 'union all select', 'union distinct select'], afterUnion),
  ...signals(
    'sql',
    ['union(select', 'union all(select', 'union (select', 'union all (select'],
    ({ text }, _start, end) => (hasNear(text, end, 200, [' from', ',', 'null', '(', '--', '#']) ? 5 : 3),
  ),
  ...signals(
    'sql',
    ["'--", "' --", "')--", "') --", "'))--", '"--', '" --', '")--', '") --', "'#", "' #", '"#', '" #'],
    closing,
  ),
  ...signals('sql', ["';--", "'; --", '";--', "'/*", "';#"], 5),
  ...signals(
    'sql',
    [';drop ', '; drop ', ';select ', '; select ', ';insert into ', '; insert into ', ';delete from '],
    stacked,
  ),
  ...signals(
    'sql',
    ['; delete from ', ';update ', '; update ', ';exec', '; exec', ';declare @', '; declare @'],
    stacked,
  ),
  ...signals(
    'sql',
    [';shutdown', '; shutdown', ';truncate ', '; truncate ', ';alter ', '; alter ', ';waitfor', '; waitfor'],
    stacked,
  ),
  ...signals('sql', [';create ', '; create ', ';copy ', '; copy '], stacked),
  ...signals('sql', ['sleep('], sleeping),
  ...signals('sql', ['pg_sleep(', 'benchmark('], ({ text }, _start, end) => (isDigit(text.charCodeAt(end)) ? 5 : 2)),
  ...signals('sql', ['waitfor delay', 'waitfor time'], ({ text }, _start, end) =>
    isQuote(text.charCodeAt(skipSpaces(text, end))) ? 5 : 2,
  ),
  ...signals('sql', ['dbms_pipe.receive_message', 'dbms_lock.sleep', 'utl_http.request', 'utl_inaddr.get'], 5),
  ...signals('sql', ['ctxsys.drithsx', 'procedure analyse', 'concat(0x', 'concat_ws(0x', 'group_concat('], 5),
  ...signals('sql', ['xp_cmdshell', 'xp_dirtree', 'xp_regread', 'xp_fileexist', 'sp_oacreate'], ({ text }, start) =>
    isOneValue(text) ||
    hasOpenQuote(text, start) ||
    /[;.] ?$|exec\w* $/.test(text.slice(Math.max(0, start - 12), start))
      ? 5
      : 3,
  ),
  ...signals('sql', ['extractvalue(', 'updatexml('], ({ text }, _start, end) =>
    hasNear(text, end, 120, ['concat', '0x', 'select', 'null']) ? 5 : 3,
  ),
  ...signals('sql', ['load_file('], ({ text }, _start, end) =>
    /^(?:['"]|0x|char|concat)/.test(text.slice(end, end + 6)) ? 5 : 3,
  ),
  ...signals('sql', ['into outfile', 'into dumpfile'], ({ text }, _start, end) =>
    /^ ?['"]/.test(text.slice(end, end + 2)) ? 5 : 2,
  ),
  ...signals('sql', ['order by ', 'group by '], ordering),
  ...signals('sql', ['char(', 'chr('], ({ text }, _start, end) =>
    /^\d{1,3}\)(?: ?\|\||\+| ?\+)|^\d{1,3}(?:, ?\d{1,3}){2,}/.test(text.slice(end, end + 24)) ? 5 : 0,
  ),
  ...signals('sql', ['@@version', '@@hostname', '@@datadir', '@@servername'], ({ text }) =>
    matches(text, /select|['"(=]/) ? 5 : 3,
  ),
  ...signals(
    'sql',
    ['from information_schema.', 'from sqlite_master', 'from sysobjects', 'from pg_catalog', 'from mysql.user'],
    tables,
  ),
  ...signals(
    'sql',
    ['from pg_shadow', 'from all_tables', 'from dual', 'from sys.', 'from master..', 'from syscolumns'],
    tables,
  ),
  ...signals('sql', ['(case when ', 'case when ('], ({ text }, _start, end) =>
    hasNear(text, end, 80, ['select', '1=1', 'sleep']) ? 5 : 1,
  ),
  ...signals('sql', ['(select '], ({ text }, start, end) => {
    const before = text[lastBefore(text, start)];
    const isPart = before !== undefined && '=<>+-*|,\'"'.includes(before);
    return hasNear(text, end, 200, [' from ', '@@', 'sleep(', 'version(', 'user(']) ? (isPart ? 5 : 3) : 0;
  }),
  ...signals('sql', ['select '], ({ text }, start, end) =>
    start === 0 || !hasNear(text, end, 200, [' from ']) ? 0 : isQuote(text.charCodeAt(lastBefore(text, start))) ? 5 : 1,
  ),
  ...signals('sql', ["'||'", "'+'"], ({ text }, start) =>
    matches(text, /utl_|select|chr\(|char\(|sleep|case /) && countBefore(text, "'", start) < 3 ? 5 : 0,
  ),
  ...signals(
    'sql',
    [
      'randomblob(',
      'sqlite_version(',
      'load_extension(',
      'convert(int,',
      'cast((',
      'make_set(',
      'elt(',
      'rlike (',
      'regexp (',
    ],
    ({ text }) => (matches(text, /select|['"]|\band\b|\bor\b/) ? 5 : 2),
  ),
];

/** `or 1=1`, `' and 'a'='a`, `and sleep(5)`, `' or name like`: what follows makes it SQL, or what stands before. */
function connective({ text }: NormalText, start: number, end: number): number {
  if (isWord(text.charCodeAt(start)) && !isWholeWord(text, start, end)) return 0;
  let at = skipSpaces(text, end);
  while (text.startsWith('not ', at) || text[at] === '(' || text[at] === '!')
    at = skipSpaces(text, at + (text[at] === 'n' ? 4 : 1));
  const behind = lastBefore(text, start);
  const opens = behind >= 0 && leavesValue(text, behind);
  const isNumber = behind >= 0 && behind < 24 && /^-?\d+\)*$/.test(text.slice(0, behind + 1));
  const called = calledFunction(text, at, opens || behind < 0 || isNumber);
  if (called > 0) return called;
  const first = literal(text, at, false);
  if (first < 0) return opens ? openComparison(text, at) : 0;
  const operator = comparison.exec(text.slice(first, first + 12));
  if (operator === null) {
    if (opens && isEnd(text, first)) return 5;
    return isNumber && /^ ?(?:--|#)/.test(text.slice(first, first + 3)) ? 5 : 0;
  }
  const second = skipSpaces(text, first + operator[0].length);
  const isConstant = literal(text, second, true) >= 0;
  if (!isConstant && !/^\(?select/.test(text.slice(second, second + 8))) return opens ? 4 : 0;
  return /[<>](?!=|>)/.test(operator[0].replace('<>', '')) && !opens && !isNumber ? 2 : 5; // `3 < 5 and 5 > 3` is mathematics
}

const comparison = /^ ?(?:<=>|==?|!=|<>|<=|>=|<|>|like\b|rlike\b|in ?\(|between\b|is\b|regexp\b)\s?/;

/** Whether a quote at `at` closes a value that it has not opened, or a parenthesis stands there that does. */
function leavesValue(text: string, at: number): boolean {
  if (text[at] === ')') return countBefore(text, '(', at) === 0;
  return isQuote(text.charCodeAt(at)) && countBefore(text, text[at]!, at) % 2 === 0;
}

function calledFunction(text: string, at: number, isOutside: boolean): number {
  for (const name of functions) {
    if (!text.startsWith(name, at)) continue;
    if (!isOutside && !/select|sleep|exists|benchmark|ascii|extractvalue|updatexml/.test(name)) continue;
    return name === 'select ' && text[at - 1] !== '(' ? 1 : 5;
  }
  return 0;
}

/** `' or name='`, `' or id>0--`, behind a quote that closes a value. */
function openComparison(text: string, at: number): number {
  return /^[\w.`[\]]{1,40} ?(?:=|<|>|!=|like\b|is\b|in\b|between\b)/.test(text.slice(at, at + 60)) ? 5 : 0;
}

/** Where a number, a text in quotes, true, false or null ends that begins at `at`; -1: none begins there. */
function literal(text: string, at: number, mayStayOpen: boolean): number {
  if (isQuote(text.charCodeAt(at))) {
    const close = text.slice(at + 1, at + 62).indexOf(text[at]!);
    if (close >= 0) return at + close + 2;
    return mayStayOpen && text.length - at <= 30 ? text.length : -1;
  }
  const word = /^(?:0x[0-9a-f]{1,40}|-?\d{1,20}(?:\.\d{1,10})?|true|false|null|@@\w{1,30})/.exec(
    text.slice(at, at + 44),
  );
  if (word === null || isWord(text.charCodeAt(at + word[0].length))) return -1;
  return at + word[0].length;
}

function isEnd(text: string, at: number): boolean {
  return /^[ )'"]{0,4}(?:$|--|#|;|\/\*|limit\b)/.test(text.slice(at, at + 12));
}

function afterUnion({ text }: NormalText, start: number, end: number): number {
  const rest = text.slice(skipSpaces(text, end), end + 120);
  if (
    /^[('"\d@*~{-]|^(?:null|char\(|concat|group_concat|version\(|user\(|database\(|load_file|unhex|hex\(|top \d|distinct )/.test(
      rest,
    )
  )
    return 5;
  const behind = lastBefore(text, start);
  const breaks =
    behind < 0 || isQuote(text.charCodeAt(behind)) || isDigit(text.charCodeAt(behind)) || text[behind] === ')';
  if (/^[\w.]{1,40}(?:,|\(| from )/.test(rest)) return breaks ? 5 : 3;
  return breaks && behind >= 0 && rest.includes(' from ') ? 5 : 1;
}

/** A quote with a comment behind it, at the end. */
function closing({ text }: NormalText, start: number, end: number): number {
  const rest = text.slice(end, end + 4);
  const isLast = rest === '' || /^[ +-]{0,3}$/.test(rest);
  if (!isLast) return rest[0] === ' ' && hasOpenQuote(text, start) ? 2 : 0;
  const isOpen = countBefore(text, text[start]!, start) % 2 === 0;
  return isOpen ? 5 : 3;
}

/** A second statement behind `;`. */
function stacked({ text }: NormalText, start: number): number {
  if (matches(text, /^(?:select|insert|update|delete|create|drop|alter|with|use|begin|set) /)) return 1; // somebody writes SQL openly
  const behind = lastBefore(text, start);
  if (behind < 0) return 5;
  const code = text.charCodeAt(behind);
  if (isQuote(code) || text[behind] === ')') return 5;
  return isDigit(code) && isOneValueBefore(text, behind + 1)
    ? 5
    : hasOpenQuote(text, start) || isOneValueBefore(text, behind + 1)
      ? 4
      : 2;
}

function sleeping({ text }: NormalText, start: number, end: number): number {
  if (!/^\(?\d/.test(text.slice(end, end + 2)) || /[\w.>:]/.test(text[start - 1] ?? '')) return 0;
  const before = text.slice(Math.max(0, start - 8), start);
  if (/(?:\b(?:and|or|select|if|xor|then|when|by|div)\b|['")(,+*|&^-]) ?\(?$/.test(before)) return 5;
  return hasOpenQuote(text, start) ? 5 : 2;
}

/** `1 order by 10--`: only behind a value, and with a number. */
function ordering({ text }: NormalText, start: number, end: number): number {
  const number = /^\d{1,4}(?:,\d{1,4})*/.exec(text.slice(end, end + 20));
  if (number === null) return 0;
  const rest = text.slice(end + number[0].length, end + number[0].length + 4);
  const behind = lastBefore(text, start);
  const breaks =
    behind >= 0 &&
    (isQuote(text.charCodeAt(behind)) ||
      text[behind] === ')' ||
      (behind < 24 && /^-?\d+$/.test(text.slice(0, behind + 1))));
  return breaks || /^ ?(?:--|#)/.test(rest) ? 5 : 0;
}

/** Tables of the database itself, read by something that is not a whole statement. */
function tables({ text }: NormalText, start: number): number {
  const isStatement = matches(text, /^(?:select|show|how|what|query|list)\b/);
  return hasBefore(text, 'select', start) && !isStatement ? 5 : 3;
}
