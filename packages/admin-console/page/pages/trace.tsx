import type { ApiTrace } from '@windhover/admin';
import { apiRoot } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { formatMoment, formatMs } from '../lib/format.ts';
import { type WaterfallRow, waterfall } from '../lib/waterfall.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Facts } from '../parts/facts.tsx';
import { Empty, Loaded } from '../parts/notes.tsx';
import { Card, Page } from '../parts/page.tsx';
import { Status, statusTone } from '../parts/status.tsx';

/** One request, with every step that it has gone through. */
export function Trace({ id }: { id: string }) {
  const trace = useResource<ApiTrace>(`/traces/${encodeURIComponent(id)}`);
  const tools = (
    <>
      <a class="button" href="#/traces">
        All traces
      </a>
      <a class="button" href={`${apiRoot}/traces/${encodeURIComponent(id)}`} download={`trace-${id}.json`}>
        Download as JSON
      </a>
    </>
  );
  const title = trace.data === null ? 'Trace' : `${trace.data.method} ${trace.data.url}`;
  return (
    <Page title={title} tools={tools}>
      <Loaded of={trace}>{(data) => <Details of={data} />}</Loaded>
    </Page>
  );
}

function Details({ of }: { of: ApiTrace }) {
  const { status, end, duration, rule, at, host, client, site, route, events, isCut } = of;
  return (
    <>
      <Card title="Request">
        <Facts
          of={[
            ['Status', <Status key="status" state={String(status)} as={statusTone(status)} />],
            ['End', end],
            ['Took', formatMs(duration)],
            ['Began', formatMoment(at)],
            ['Kept by', rule],
            ['Host', host],
            ['Client', client],
            ['Route', [site, route].filter((part) => part !== null).join(' ') || null],
          ]}
        />
      </Card>
      <Card title="Steps" isFlush>
        <DataTable
          caption="Steps, in the order in which the request went through them"
          columns={stepColumns}
          rows={waterfall(of)}
          rowKey={({ step }) => `${step.place} ${step.phase} ${step.from}`}
          empty={<Empty title="No steps" />}
        />
        {isCut && <p class="row-note">The trace was too long: some steps are left out.</p>}
      </Card>
      <div class="columns">
        <Card title="In between" isFlush>
          <DataTable
            caption="What happened in between"
            columns={eventColumns}
            rows={events}
            rowKey={({ at: when, text }) => `${when} ${text}`}
            empty={<Empty title="Nothing was noted" />}
          />
        </Card>
        <Headers title="Headers of the request" of={of.requestHeaders} />
        <Headers title="Headers of the response" of={of.responseHeaders} />
      </div>
    </>
  );
}

const stepColumns: readonly Column<WaterfallRow>[] = [
  {
    title: 'Step',
    cell: ({ step, depth }) => (
      <span style={{ paddingLeft: `${Math.min(depth, 12) * 12}px` }}>
        {step.feature} <span class="muted">{step.phase}</span>
      </span>
    ),
    isHead: true,
  },
  {
    title: 'Time',
    cell: ({ left, width, step, ownParts }) => (
      <span class="waterfall" aria-hidden="true">
        <span
          class={isBad(step.outcome) ? 'step-bar bad' : 'step-bar'}
          style={{ left: `${left}%`, width: `${width}%` }}
        >
          {ownParts.map((part) => (
            <span key={part.left} style={{ left: `${part.left}%`, width: `${part.width}%` }} />
          ))}
        </span>
      </span>
    ),
    isWide: true,
  },
  { title: 'From', cell: ({ step }) => formatMs(step.from), isNumber: true },
  { title: 'Own', cell: ({ own }) => formatMs(Math.max(0, own)), isNumber: true },
  {
    title: 'Outcome',
    cell: ({ step }) => (
      <>
        <strong class={isBad(step.outcome) ? 'text-bad' : ''}>{step.outcome}</strong>
        {step.reasons.map((reason) => (
          <div key={reason} class="muted">
            {reason}
          </div>
        ))}
        <code class="muted">{step.place}</code>
      </>
    ),
    isWide: true,
  },
];

function isBad(outcome: string): boolean {
  return /^(threw|was aborted|answered [5])/.test(outcome);
}

const eventColumns: readonly Column<ApiTrace['events'][number]>[] = [
  { title: 'After', cell: ({ at }) => formatMs(at), isNumber: true },
  { title: 'What', cell: ({ text }) => text, isWide: true },
];

function Headers({ title, of }: { title: string; of: ApiTrace['requestHeaders'] }) {
  return (
    <Card title={title}>
      {of.length === 0 ? (
        <Empty title="None" />
      ) : (
        <Facts of={of.map(([name, value]) => [name, <code key={name}>{value}</code>])} />
      )}
    </Card>
  );
}
