import type { ApiAuditEntry, ApiUser } from '@windhover/admin';
import { useState } from 'preact/hooks';
import { useResource } from '../api/use-resource.ts';
import { formatDay } from '../lib/format.ts';
import { Search } from '../parts/choices.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Empty, Loaded } from '../parts/notes.tsx';
import { Card, Page } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { Clock } from '../parts/time.tsx';

const roleWords = {
  look: 'sees what runs',
  operate: 'also acts on what runs: pools, upstreams, caches, traces',
  configure: 'also changes the configuration and deploys',
} as const;

const userColumns: readonly Column<ApiUser>[] = [
  { title: 'Name', cell: ({ name }) => name, isHead: true },
  { title: 'Logs in with', cell: ({ isToken }) => (isToken ? 'a token' : 'a password') },
  { title: 'Role', cell: ({ role }) => <span class="role">{role}</span> },
  { title: 'May', cell: ({ role }) => roleWords[role], isWide: true },
];

/** Who may log in. */
export function Users() {
  const users = useResource<readonly ApiUser[]>('/users', { on: ['config'] });
  return (
    <Page title="Users and roles" lead="Who may log in, and what each may do. The configuration decides it.">
      <Loaded of={users}>
        {(list) => (
          <Card title="Users" isFlush>
            <DataTable
              caption="Users"
              columns={userColumns}
              rows={list}
              rowKey={({ name, isToken }) => `${name} ${isToken}`}
              empty={<Empty title="Nobody" />}
            />
          </Card>
        )}
      </Loaded>
    </Page>
  );
}

const auditColumns: readonly Column<ApiAuditEntry>[] = [
  { title: 'Day', cell: ({ at }) => formatDay(at) },
  { title: 'Time', cell: ({ at }) => <Clock at={at} /> },
  { title: 'User', cell: ({ user }) => user, isHead: true },
  { title: 'Did', cell: ({ action }) => <span class="long">{action}</span> },
  { title: 'To', cell: ({ target }) => target, isWide: true },
  { title: 'Outcome', cell: ({ outcome }) => <Status state={outcome} /> },
  { title: 'Detail', cell: ({ detail }) => (detail === '' ? '–' : detail), isWide: true },
  { title: 'From', cell: ({ client }) => <span class="long">{client}</span> },
];

/** Who changed what, and who was refused. */
export function Audit() {
  const [text, setText] = useState('');
  const audit = useResource<readonly ApiAuditEntry[]>('/audit', { on: ['audit'] });
  const matches = (entry: ApiAuditEntry): boolean =>
    Object.values(entry).join(' ').toLowerCase().includes(text.trim().toLowerCase());
  return (
    <Page
      title="Audit"
      lead="Who changed what, and who was refused, the newest first."
      tools={<Search label="Search in the audit" value={text} onChange={setText} />}
    >
      <Loaded of={audit}>
        {(list) => (
          <Card title="Entries" isFlush>
            <DataTable
              caption="Audit"
              columns={auditColumns}
              rows={list.filter(matches)}
              rowKey={({ at, user, action, target }) => `${at} ${user} ${action} ${target}`}
              empty={<Empty title={text === '' ? 'Nobody has changed anything yet' : 'No entry is like that'} />}
            />
          </Card>
        )}
      </Loaded>
    </Page>
  );
}
