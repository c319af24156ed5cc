import type { ApiCertificate } from '@windhover/admin';
import { useResource } from '../api/use-resource.ts';
import { formatDay, formatDuration } from '../lib/format.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Empty, Loaded } from '../parts/notes.tsx';
import { Card, Page } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';

const day = 86_400_000;

/** What the server proves its names with. */
export function Certificates() {
  const certificates = useResource<readonly ApiCertificate[]>('/certificates', {
    on: ['certificates'],
    everyMs: 60_000,
  });
  return (
    <Page title="Certificates" lead="What the server proves its names with, and until when.">
      <Loaded of={certificates}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No certificates">
              A site gets one with <code>tls</code>.
            </Empty>
          ) : (
            <Card title="In use" isFlush>
              <DataTable
                caption="Certificates"
                columns={columns}
                rows={list}
                rowKey={(each) => `${each.source} ${each.names.join()}`}
              />
            </Card>
          )
        }
      </Loaded>
    </Page>
  );
}

const columns: readonly Column<ApiCertificate>[] = [
  { title: 'Names', cell: ({ names }) => names.map((name) => <div key={name}>{name}</div>), isHead: true },
  {
    title: 'State',
    cell: ({ expiresAt, lastError, staple }) => (
      <>
        <Validity expiresAt={expiresAt} hasFailed={lastError !== null} />
        <Staple staple={staple} />
      </>
    ),
  },
  { title: 'Expires', cell: ({ expiresAt }) => (expiresAt === null ? '–' : formatDay(expiresAt)), isNumber: true },
  { title: 'Renewed', cell: ({ renewsAt }) => (renewsAt === null ? 'by hand' : formatDay(renewsAt)), isNumber: true },
  { title: 'Issuer', cell: ({ issuer }) => issuer ?? '–' },
  { title: 'Source', cell: ({ source }) => <code>{source}</code> },
  { title: 'Last error', cell: ({ lastError, staple }) => lastError ?? staple?.lastError ?? '–', isWide: true },
];

function Validity({ expiresAt, hasFailed }: { expiresAt: number | null; hasFailed: boolean }) {
  if (expiresAt === null) return <Status state={hasFailed ? 'missing' : 'unknown'} as={hasFailed ? 'bad' : 'idle'} />;
  const left = expiresAt - Date.now();
  if (left <= 0) return <Status state="expired" />;
  if (left < 14 * day) return <Status state={`${formatDuration(left)} left`} as="warn" />;
  return <Status state={`${Math.floor(left / day)} days left`} as="good" />;
}

function Staple({ staple }: Pick<ApiCertificate, 'staple'>) {
  if (staple === null) return null;
  const { responder, goodUntil, isRequired } = staple;
  const until = goodUntil === null ? null : `good until ${formatDay(goodUntil)}`;
  return (
    <div title={`${until ?? 'no answer'} of ${responder}`}>
      {until !== null ? (
        <Status state="OCSP answer" as="good" />
      ) : (
        <Status state={isRequired ? 'OCSP answer missing' : 'no OCSP answer'} as={isRequired ? 'bad' : 'warn'} />
      )}
    </div>
  );
}
