import type { ApiRequest } from '@windhover/admin';
import { useState } from 'preact/hooks';
import { apiSend } from '../api/client.ts';
import { useAction } from '../api/use-action.ts';
import { useMay } from '../api/use-may.ts';
import { useResource } from '../api/use-resource.ts';
import { formatDuration, plural } from '../lib/format.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Search } from '../parts/choices.tsx';
import { confirm } from '../parts/confirm.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Empty, ErrorNote, Loaded } from '../parts/notes.tsx';
import { Card, Page } from '../parts/page.tsx';
import { Status, statusTone } from '../parts/status.tsx';
import { useNow } from '../parts/time.tsx';

/** What the server works on in this moment, the oldest first. */
export function Requests() {
  const [isPaused, setIsPaused] = useState(false);
  const [text, setText] = useState('');
  const mayOperate = useMay('operate');
  const action = useAction();
  const requests = useResource<readonly ApiRequest[]>('/requests', { everyMs: isPaused ? 0 : 2000 });
  const onEnd = async ({ id, method, url }: ApiRequest): Promise<void> => {
    const text = 'Its client gets an error, or sees the connection break off if the answer has begun.';
    if (!(await confirm({ title: `End ${method} ${url}?`, text, action: 'End it' }))) return;
    await action.run(() => apiSend('POST', `/requests/${encodeURIComponent(id)}/abort`), `${method} ${url} is ended`);
    await requests.reload();
  };
  const tools = (
    <>
      <Search label="Filter by method, URL, client" value={text} onChange={setText} />
      <button type="button" class="button" aria-pressed={isPaused} onClick={() => setIsPaused(!isPaused)}>
        {isPaused ? 'Go on' : 'Pause'}
      </button>
    </>
  );
  return (
    <Page title="Requests" lead="What is under way in this moment, the oldest first." tools={tools}>
      <Loaded of={requests}>
        {(list) => {
          const rows = list.filter((request) => matches(request, text));
          return (
            <Card title={plural(rows.length, 'request')} isFlush>
              {action.error !== null && <ErrorNote text={action.error} />}
              <RequestTable
                rows={rows}
                isPaused={isPaused}
                {...(mayOperate ? { onEnd } : {})}
                isBusy={action.isRunning}
              />
            </Card>
          );
        }}
      </Loaded>
    </Page>
  );
}

function matches({ method, host, url, client, stage }: ApiRequest, text: string): boolean {
  return `${method} ${host}${url} ${client} ${stage}`.toLowerCase().includes(text.trim().toLowerCase());
}

interface TableProps {
  readonly rows: readonly ApiRequest[];
  readonly isPaused: boolean;
  readonly isBusy: boolean;
  readonly onEnd?: (request: ApiRequest) => Promise<void>;
}

function RequestTable({ rows, isPaused, isBusy, onEnd }: TableProps) {
  const ticking = useNow(1000);
  const [pausedAt] = useState(() => ({ now: ticking }));
  if (!isPaused) pausedAt.now = ticking;
  const columns: readonly Column<ApiRequest>[] = [
    { title: 'Age', cell: ({ startedAt }) => formatDuration(Math.max(0, pausedAt.now - startedAt)), isNumber: true },
    {
      title: 'Request',
      cell: ({ method, host, url }) => (
        <code>
          {method} <span class="muted">{host}</span>
          {url}
        </code>
      ),
      isHead: true,
      isWide: true,
    },
    { title: 'Stage', cell: ({ stage }) => <span class="chip">{stage}</span> },
    {
      title: 'Status',
      cell: ({ status }) => (status === null ? '–' : <Status state={String(status)} as={statusTone(status)} />),
    },
    { title: 'Client', cell: ({ client }) => client },
    { title: 'Route', cell: ({ site, route }) => [site, route].filter((part) => part !== null).join(' ') || '–' },
    { title: 'Worker', cell: ({ worker }) => worker },
  ];
  const ending: Column<ApiRequest> = {
    title: 'Actions',
    cell: (request) => (
      <ActionButton
        name="End"
        of={`${request.method} ${request.url}`}
        isBusy={isBusy}
        onClick={() => void onEnd?.(request)}
      />
    ),
    isNumber: true,
  };
  return (
    <DataTable
      caption="Requests under way"
      columns={onEnd === undefined ? columns : [...columns, ending]}
      rows={rows}
      rowKey={({ worker, id }) => `${worker} ${id}`}
      empty={<Empty title="Nothing is under way">Requests that take long appear here, with what they wait in.</Empty>}
    />
  );
}
