import { useEffect, useState } from 'preact/hooks';
import { fillLog, type LogEntry, logLines } from '../api/server.ts';
import { useAction } from '../api/use-action.ts';
import { useStore } from '../api/use-store.ts';
import { filterLog, formatFacts, type LogFilter } from '../lib/filter-log.ts';
import { Search, Select } from '../parts/choices.tsx';
import { Empty, ErrorNote } from '../parts/notes.tsx';
import { Page } from '../parts/page.tsx';
import { Clock } from '../parts/time.tsx';
import { useFollowEnd } from '../parts/use-follow-end.ts';

const mostShown = 500;
const levels = [
  ['debug', 'every level'],
  ['info', 'info and above'],
  ['warn', 'warnings and errors'],
  ['error', 'errors only'],
] as const;

/** The last lines of the log, as they come. */
export function Log() {
  const lines = useStore(logLines);
  const [filter, setFilter] = useState<LogFilter>({ level: 'debug', text: '', pool: null });
  const [paused, setPaused] = useState<readonly LogEntry[] | null>(null);
  const action = useAction();
  useEffect(() => {
    if (lines === null) void action.run(fillLog);
  }, []);
  const all = paused ?? lines ?? [];
  const waiting = paused === null ? 0 : (lines?.at(-1)?.number ?? 0) - (paused.at(-1)?.number ?? 0);
  const pools = [...new Set((lines ?? []).flatMap(({ pool }) => (pool === null ? [] : [pool])))].sort();
  const choices = [
    ['*', 'server and pools'],
    ['', 'the server'],
    ...pools.map((pool) => [pool, pool] as const),
  ] as const;
  const tools = (
    <>
      <Select label="Level" value={filter.level} of={levels} onChange={(level) => setFilter({ ...filter, level })} />
      <Select
        label="Source"
        value={filter.pool ?? '*'}
        of={choices}
        onChange={(pool) => setFilter({ ...filter, pool: pool === '*' ? null : pool })}
      />
      <Search label="Search in the log" value={filter.text} onChange={(text) => setFilter({ ...filter, text })} />
      <button
        type="button"
        class="button"
        aria-pressed={paused !== null}
        onClick={() => setPaused(paused === null ? (lines ?? []) : null)}
      >
        {paused === null ? 'Pause' : `Go on${waiting > 0 ? ` (${waiting} new)` : ''}`}
      </button>
    </>
  );
  return (
    <Page title="Log" lead="What the server and its applications say." tools={tools}>
      {action.error !== null && <ErrorNote text={action.error} onRetry={() => void action.run(fillLog)} />}
      {lines !== null && <Lines of={filterLog(all, filter).slice(-mostShown)} hasAny={all.length > 0} />}
    </Page>
  );
}

function Lines({ of, hasAny }: { of: readonly LogEntry[]; hasAny: boolean }) {
  const follow = useFollowEnd(of.at(-1)?.number);
  if (of.length === 0) return <Empty title={hasAny ? 'No line is like that' : 'Nothing was said yet'} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section {...follow} class="log card" aria-label="Lines of the log" tabIndex={0}>
      <ol>
        {of.map((line) => (
          <LogRow key={line.number} line={line} />
        ))}
      </ol>
    </section>
  );
}

function LogRow({ line: { at, level, pool, message, facts } }: { line: LogEntry }) {
  return (
    <li class={`log-line ${level}`}>
      <Clock at={at} />
      <span class="log-level">{level}</span>
      <span class="muted">{pool ?? 'server'}</span>
      <span class="log-message">
        {message} <span class="muted">{formatFacts(facts)}</span>
      </span>
    </li>
  );
}
