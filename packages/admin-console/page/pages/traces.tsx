import type { ApiTraceSummary } from '@windhover/admin';
import { useState } from 'preact/hooks';
import { apiSend } from '../api/client.ts';
import { useAction } from '../api/use-action.ts';
import { useMay } from '../api/use-may.ts';
import { useResource } from '../api/use-resource.ts';
import { formatDuration } from '../lib/format.ts';
import { Search } from '../parts/choices.tsx';
import { confirm } from '../parts/confirm.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Empty, ErrorNote, Loaded } from '../parts/notes.tsx';
import { Card, Page } from '../parts/page.tsx';
import { Status, statusTone } from '../parts/status.tsx';
import { Clock } from '../parts/time.tsx';
import { Trace } from './trace.tsx';

/** The requests that a rule has kept, or one of them. */
export function Traces({ rest }: { rest: string | null }) {
  return rest === null ? <TraceList /> : <Trace id={rest} />;
}

const columns: readonly Column<ApiTraceSummary>[] = [
  { title: 'Time', cell: ({ at }) => <Clock at={at} /> },
  {
    title: 'Request',
    cell: ({ id, method, host, url }) => (
      <a href={`#/traces/${encodeURIComponent(id)}`}>
        <code>
          {method} {host}
          {url}
        </code>
      </a>
    ),
    isHead: true,
    isWide: true,
  },
  { title: 'Status', cell: ({ status }) => <Status state={String(status)} as={statusTone(status)} /> },
  { title: 'Took', cell: ({ duration }) => formatDuration(duration), isNumber: true },
  { title: 'End', cell: ({ end }) => end },
  { title: 'Kept by', cell: ({ rule }) => rule },
  { title: 'Route', cell: ({ site, route }) => [site, route].filter((part) => part !== null).join(' ') || '–' },
  { title: 'Client', cell: ({ client }) => client },
];

function matches(trace: ApiTraceSummary, text: string): boolean {
  return Object.values(trace).join(' ').toLowerCase().includes(text.trim().toLowerCase());
}

function TraceList() {
  const [text, setText] = useState('');
  const traces = useResource<readonly ApiTraceSummary[]>('/traces', { on: ['trace'] });
  const mayOperate = useMay('operate');
  const action = useAction();
  const forget = async (): Promise<void> => {
    const text = 'They cannot be brought back.';
    if (!(await confirm({ title: 'Forget all traces?', text, action: 'Forget' }))) return;
    if (await action.run(() => apiSend('DELETE', '/traces'), 'All traces are forgotten')) await traces.reload();
  };
  const hasSome = (traces.data?.length ?? 0) > 0;
  const tools = hasSome && (
    <>
      <Search label="Filter by URL, status, rule" value={text} onChange={setText} />
      {mayOperate && (
        <button type="button" class="button" disabled={action.isRunning} onClick={() => void forget()}>
          Forget all
        </button>
      )}
    </>
  );
  return (
    <Page title="Traces" lead="Requests that a rule has kept, with every step." {...(tools === false ? {} : { tools })}>
      {action.error !== null && <ErrorNote text={action.error} />}
      <Loaded of={traces}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No traces">
              Rules by status, duration or path in the configuration decide which requests are kept.
            </Empty>
          ) : (
            <Card title="Kept requests, the newest first" isFlush>
              <DataTable
                caption="Traces"
                columns={columns}
                rows={list.filter((trace) => matches(trace, text))}
                rowKey={({ id }) => id}
                empty={<Empty title="No trace is like that" />}
              />
            </Card>
          )
        }
      </Loaded>
    </Page>
  );
}
