import type { ApiThing, FtpSessionState, FtpState } from '@windhover/admin';
import { apiSend } from '../api/client.ts';
import { useAction } from '../api/use-action.ts';
import { useMay } from '../api/use-may.ts';
import { useResource } from '../api/use-resource.ts';
import { formatBytes, formatDuration, plural } from '../lib/format.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { confirm } from '../parts/confirm.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Empty, ErrorNote, Loaded } from '../parts/notes.tsx';
import { Card, Page } from '../parts/page.tsx';
import { useNow } from '../parts/time.tsx';
import { thingPath } from './thing-path.ts';

/** The servers of FTP, and who is connected to them. */
export function Ftp() {
  const things = useResource<readonly ApiThing[]>('/things?kind=ftp', { on: ['things'], everyMs: 2000 });
  return (
    <Page title="FTP" lead="Who is connected to the servers of FTP, and what is transferred.">
      <Loaded of={things}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No servers of FTP">
              The key <code>ftp</code> of the configuration lists them.
            </Empty>
          ) : (
            list.map((thing) => <Server key={thing.name} thing={thing} onChange={() => void things.reload()} />)
          )
        }
      </Loaded>
    </Page>
  );
}

function Server({ thing, onChange }: { thing: ApiThing; onChange: () => void }) {
  const { counts, sessions } = thing.state as FtpState;
  const mayOperate = useMay('operate');
  const action = useAction();
  const onEnd = async (session: FtpSessionState): Promise<void> => {
    const who = nameOf(session);
    const text =
      session.path === null ? 'Its client can connect again.' : `The transfer of ${session.path} breaks off.`;
    if (!(await confirm({ title: `End the session of ${who}?`, text, action: 'End it' }))) return;
    const send = () => apiSend('POST', thingPath(thing, 'end'), { session: session.name });
    if (await action.run(send, `The session of ${who} is ended`)) onChange();
  };
  return (
    <Card title={`${thing.name}: ${plural(counts.sessions, 'session')}`} isFlush>
      {action.error !== null && <ErrorNote text={action.error} />}
      <SessionTable rows={sessions.all} {...(mayOperate ? { onEnd } : {})} isBusy={action.isRunning} of={thing.name} />
    </Card>
  );
}

interface TableProps {
  readonly rows: readonly FtpSessionState[];
  readonly of: string;
  readonly isBusy: boolean;
  readonly onEnd?: (session: FtpSessionState) => Promise<void>;
}

function SessionTable({ rows, of, isBusy, onEnd }: TableProps) {
  const now = useNow(1000);
  const columns: readonly Column<FtpSessionState>[] = [
    { title: 'Since', cell: ({ startedAt }) => formatDuration(Math.max(0, now - startedAt)), isNumber: true },
    { title: 'User', cell: ({ user }) => user ?? '–', isHead: true },
    { title: 'Client', cell: ({ client, isSecure }) => `${client}${isSecure ? ', TLS' : ''}` },
    { title: 'Command', cell: ({ command }) => (command === null ? '–' : <span class="chip">{command}</span>) },
    { title: 'File or folder', cell: ({ path, folder }) => <code>{path ?? folder}</code>, isWide: true },
    { title: 'Bytes', cell: ({ bytes }) => formatBytes(bytes), isNumber: true },
  ];
  const ending: Column<FtpSessionState> = {
    title: 'Actions',
    cell: (session) => (
      <ActionButton name="End" of={nameOf(session)} isBusy={isBusy} onClick={() => void onEnd?.(session)} />
    ),
    isNumber: true,
  };
  return (
    <DataTable
      caption={`Sessions of ${of}`}
      columns={onEnd === undefined ? columns : [...columns, ending]}
      rows={rows}
      rowKey={({ name }) => name}
      empty={<Empty title="Nobody is connected">Clients appear here, also those that have not logged in.</Empty>}
    />
  );
}

function nameOf({ user, client }: FtpSessionState): string {
  return user === null ? client : `${user}, ${client}`;
}
