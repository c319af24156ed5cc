import type { Trace, TraceSummary } from './trace.ts';

/** The last traces, up to a number. */
export class TraceStore {
  /** How many requests were kept since the start, also those that are forgotten again. */
  kept = 0;
  private readonly max: number;
  /** Oldest first. */
  private readonly traces = new Map<string, Trace>();

  constructor(max: number) {
    this.max = max;
  }

  add(trace: Trace): void {
    this.kept += 1;
    this.traces.set(trace.id, trace);
    if (this.traces.size > this.max) this.traces.delete(this.traces.keys().next().value!);
  }

  get size(): number {
    return this.traces.size;
  }

  get(id: string): Trace | null {
    return this.traces.get(id) ?? null;
  }

  /** All of them, newest first. */
  list(): readonly TraceSummary[] {
    return [...this.traces.values()].reverse().map(toSummary);
  }

  /** Forgets all. */
  clear(): void {
    this.traces.clear();
  }
}

function toSummary(trace: Trace): TraceSummary {
  const {
    requestHeaders: _request,
    responseHeaders: _response,
    steps: _steps,
    events: _events,
    isCut: _cut,
    ...summary
  } = trace;
  return summary;
}
