import type { FilterRequest } from '../decide-request.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { TextMatcher } from '../text-matcher.ts';
import { commandSignals } from './command-signals.ts';
import { fileSignals } from './file-signals.ts';
import { injectionSignals, javaSignals, phpSignals } from './injection-signals.ts';
import { normaliseText } from './normalise-text.ts';
import { PathFilter } from './path-filter.ts';
import { isPlain, isWord } from './scan.ts';
import { scanners } from './scanners.ts';
import { enough, type NormalText } from './signal.ts';
import { sqlSignals } from './sql-signals.ts';
import type { AttackKind, StrictOptions } from './strict-options.ts';
import { templateSignals } from './template-signals.ts';
import { xssSignals } from './xss-signals.ts';

/** Finds attacks. */
export interface StrictFilter {
  decide(request: FilterRequest, rawPath: string, rawQuery: string | null): Refusal | null;
}

const allSignals = [
  ...sqlSignals,
  ...xssSignals,
  ...commandSignals,
  ...templateSignals,
  ...fileSignals,
  ...injectionSignals,
  ...phpSignals,
  ...javaSignals,
];
const kinds: readonly AttackKind[] = [
  ...(['traversal', 'sql', 'command', 'template', 'xss', 'scanner', 'dotfiles', 'java', 'php', 'injection'] as const),
];
const usualHeaders = ['user-agent', 'referer', 'x-forwarded-for', 'x-api-version', 'x-client-ip', 'x-forwarded-host'];
/** How many values of User-Agent are remembered. */
const maxAgents = 1000;
/** Fields that make applications believe in another path or proxy. No client has a reason to send them. */
const treacherous = new Set(['proxy', 'x-original-url', 'x-rewrite-url']);

/** Makes the filter of the preset `strict`: everything is compiled here, once. */
export function createStrictFilter({ except = [], headers = usualHeaders }: StrictOptions = {}): StrictFilter {
  return new CompiledStrictFilter(new Set(except), new Set(headers.map((name) => name.toLowerCase())));
}

class CompiledStrictFilter implements StrictFilter {
  private readonly signals: typeof allSignals;
  private readonly matcher: TextMatcher;
  private readonly agents: TextMatcher | null;
  private readonly paths: PathFilter;
  private readonly headers: ReadonlySet<string>;
  private readonly except: ReadonlySet<AttackKind>;
  /** The best weight of each signal in the text that is looked at, and the sums by kind. */
  private readonly weights: Uint8Array;
  private readonly sums = new Uint16Array(kinds.length);
  private readonly kindOf: Uint8Array;
  private readonly knownAgents = new Map<string, string | null>();
  private normal: NormalText = { text: '', rounds: 0, isDisguised: false, isName: false };
  private found: string | null = null;
  private isClean = true;

  constructor(except: ReadonlySet<AttackKind>, headers: ReadonlySet<string>) {
    this.signals = allSignals.filter(({ kind }) => !except.has(kind));
    this.matcher = new TextMatcher(
      this.signals.map(({ word }) => word),
      true,
    );
    this.agents = except.has('scanner') ? null : new TextMatcher(scanners);
    this.paths = new PathFilter(except);
    this.headers = headers;
    this.except = except;
    this.weights = new Uint8Array(this.signals.length);
    this.kindOf = Uint8Array.from(this.signals, ({ kind }) => kinds.indexOf(kind));
  }

  decide({ headers, path, query }: FilterRequest, rawPath: string, rawQuery: string | null): Refusal | null {
    const inPath = this.inPath(rawPath) ?? (path === rawPath || !path.startsWith('/') ? null : this.inPath(path));
    if (inPath !== null) return attack(inPath, 'path');
    const inQuery = rawQuery === null ? null : this.inQuery(rawQuery);
    if (inQuery !== null) return attack(inQuery, 'query');
    if (query !== null && query !== rawQuery) {
      const rewritten = this.inQuery(query);
      if (rewritten !== null) return attack(rewritten, 'query');
    }
    const { fields } = headers;
    for (let index = 0; index < fields.length; index += 3) {
      const name = fields[index]!;
      if (treacherous.has(name) && !this.except.has('injection')) return attack('injection: the field', name);
      if (!this.headers.has(name)) continue;
      const value = fields[index + 1]!;
      const found = name === 'user-agent' ? this.inAgent(value) : this.inText(normaliseText(value, false));
      if (found !== null) return attack(found, `field ${name}`);
    }
    return null;
  }

  private inPath(path: string): string | null {
    const known = this.paths.find(path);
    if (known !== null) return known;
    if (/^[\w/.~-]*$/.test(path)) return null; // nothing that could leave a value
    for (const segment of path.split('/')) {
      const found = segment === '' ? null : this.inText(normaliseText(segment, false));
      if (found !== null) return found;
    }
    return path.includes('%') ? this.inText(normaliseText(path, false)) : null;
  }

  /** Every name and value on its own, so that none is read as the end of another. */
  private inQuery(query: string): string | null {
    let start = 0;
    while (start <= query.length) {
      const mark = query.indexOf('&', start);
      const end = mark < 0 ? query.length : mark;
      const equals = query.indexOf('=', start);
      const nameEnd = equals < 0 || equals > end ? end : equals;
      const isAlone = nameEnd === end;
      const isPlainName = !isAlone && isPlain(query, start, nameEnd, 16);
      const inName = isPlainName ? null : this.inText(normaliseText(query.slice(start, nameEnd), true, !isAlone));
      const isDone = inName !== null || isAlone || isPlain(query, nameEnd + 1, end, 24);
      const found = isDone ? inName : this.inText(normaliseText(query.slice(nameEnd + 1, end), true));
      if (found !== null) return found;
      start = end + 1;
    }
    return null;
  }

  /** Programs send the same field each time, so what was found is remembered. */
  private inAgent(value: string): string | null {
    const known = this.knownAgents.get(value);
    if (known !== undefined) return known;
    const found = this.scannerIn(value.toLowerCase()) ?? this.inText(normaliseText(value, false));
    if (value.length <= 512) {
      if (this.knownAgents.size >= maxAgents) this.knownAgents.clear(); // a client may send any number of them
      this.knownAgents.set(value, found);
    }
    return found;
  }

  private scannerIn(text: string): string | null {
    let name: string | null = null;
    this.agents?.each(text, (word, end) => {
      const start = end - scanners[word]!.length;
      if (start > 0 && isWord(text.charCodeAt(start - 1))) return false;
      name = scanners[word]!;
      return true;
    });
    return name === null ? null : `scanner: ${JSON.stringify(name)}`;
  }

  /** The kind of attack that the signals in a text add up to; `null`: none. */
  private inText(normal: NormalText): string | null {
    this.normal = normal;
    this.found = null;
    this.isClean = true;
    this.matcher.each(normal.text, this.weigh);
    if (!this.isClean) {
      this.weights.fill(0);
      this.sums.fill(0);
    }
    return this.found;
  }

  /** Weighs one occurrence of a signal; true if that is enough. */
  private readonly weigh = (index: number, end: number): boolean => {
    const { weights, sums, normal } = this;
    const signal = this.signals[index]!;
    const weight = signal.weigh(normal, end - signal.word.length, end);
    if (weight <= weights[index]!) return false;
    this.isClean = false;
    const kind = this.kindOf[index]!;
    sums[kind]! += weight - weights[index]!;
    weights[index] = weight;
    if (sums[kind]! < enough) return false;
    this.found = `${signal.kind}: ${JSON.stringify(signal.word)}`;
    return true;
  };
}

function attack(found: string, where: string): Refusal {
  return refusal('REQUEST_FILTER_ATTACK', `${found} in ${where}`);
}
