import type { ApiConnection } from '@windhover/admin';
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
import { useNow } from '../parts/time.tsx';

/** Who is connected in this moment, the oldest first. */
export function Connections() {
  const [text, setText] = useState('');
  const mayOperate = useMay('operate');
  const action = useAction();
  const connections = useResource<readonly ApiConnection[]>('/connections', { everyMs: 5000 });
  const onClose = async ({ id, client, requests }: ApiConnection): Promise<void> => {
    const text =
      requests === 0 ? 'Its client connects again when it needs to.' : `It breaks off ${plural(requests, 'request')}.`;
    if (!(await confirm({ title: `Close the connection of ${client}?`, text, action: 'Close it' }))) return;
    const path = `/connections/${encodeURIComponent(id)}/close`;
    await action.run(() => apiSend('POST', path), `The connection of ${client} is closed`);
    await connections.reload();
  };
  const search = <Search label="Filter by client, name, protocol, state" value={text} onChange={setText} />;
  return (
    <Page title="Connections" lead="Who is connected in this moment, the oldest first." tools={search}>
      <Loaded of={connections}>
        {(list) => {
          const rows = list.filter((connection) => matches(connection, text));
          return (
            <Card title={plural(rows.length, 'connection')} isFlush>
              {action.error !== null && <ErrorNote text={action.error} />}
              <ConnectionTable rows={rows} {...(mayOperate ? { onClose } : {})} isBusy={action.isRunning} />
            </Card>
          );
        }}
      </Loaded>
    </Page>
  );
}

function matches({ client, local, protocol, serverName, state }: ApiConnection, text: string): boolean {
  return [client, local, protocol, serverName, state].join(' ').toLowerCase().includes(text.trim().toLowerCase());
}

interface TableProps {
  readonly rows: readonly ApiConnection[];
  readonly isBusy: boolean;
  readonly onClose?: (connection: ApiConnection) => Promise<void>;
}

function ConnectionTable({ rows, isBusy, onClose }: TableProps) {
  const now = useNow(1000);
  const columns: readonly Column<ApiConnection>[] = [
    { title: 'Open for', cell: ({ openedAt }) => formatDuration(Math.max(0, now - openedAt)), isNumber: true },
    { title: 'Client', cell: ({ client }) => <code>{client === '' ? 'Unix socket' : client}</code>, isHead: true },
    { title: 'To', cell: ({ local }) => <code>{local}</code> },
    { title: 'State', cell: ({ state }) => <span class="chip">{state}</span> },
    {
      title: 'Protocol',
      cell: ({ protocol, tls }) => [protocol, tls].filter((part) => part !== null).join(', ') || '–',
    },
    { title: 'Name', cell: ({ serverName }) => serverName ?? '–' },
    { title: 'Requests', cell: ({ requests }) => requests, isNumber: true },
    { title: 'Worker', cell: ({ worker }) => worker },
  ];
  const closing: Column<ApiConnection> = {
    title: 'Actions',
    cell: (connection) => (
      <ActionButton name="Close" of={connection.client} isBusy={isBusy} onClick={() => void onClose?.(connection)} />
    ),
    isNumber: true,
  };
  return (
    <DataTable
      caption="Open connections"
      columns={onClose === undefined ? columns : [...columns, closing]}
      rows={rows}
      rowKey={({ worker, id }) => `${worker} ${id}`}
      empty={<Empty title="Nobody is connected">Connections of clients appear here, also those that wait.</Empty>}
    />
  );
}
