import type { ApiApplied, ApiEdition } from '@windhover/admin';
import { useState } from 'preact/hooks';
import { apiSend } from '../api/client.ts';
import { useAction } from '../api/use-action.ts';
import { useMay } from '../api/use-may.ts';
import { useResource } from '../api/use-resource.ts';
import { formatMoment } from '../lib/format.ts';
import { parseUnifiedDiff } from '../lib/parse-unified-diff.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { confirm } from '../parts/confirm.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { DiffView } from '../parts/diff-view.tsx';
import { Empty, ErrorNote, Loaded } from '../parts/notes.tsx';
import { Card } from '../parts/page.tsx';

/** The editions before, what they differ in, and the way back. */
export function ConfigHistory() {
  const history = useResource<readonly ApiEdition[]>('/config/history', { on: ['config'] });
  const [compared, setCompared] = useState<ApiEdition | null>(null);
  const mayConfigure = useMay('configure');
  const action = useAction();
  const rollBack = async (edition: ApiEdition): Promise<void> => {
    const hash = history.data?.find(({ isCurrent }) => isCurrent)?.hash; // what the user sees as the present one
    const text = 'The configuration becomes what it was then. This too can be taken back.';
    if (!(await confirm({ title: `Go back to ${nameOf(edition)}?`, text, action: 'Go back' }))) return;
    const path = `/config/history/${encodeURIComponent(edition.id)}/rollback`;
    if (
      await action.run(
        () => apiSend<ApiApplied>('POST', path, { hash }),
        `The configuration is that of ${formatMoment(edition.at)} again`,
      )
    )
      await history.reload();
  };
  const buttons: Column<ApiEdition> = {
    title: 'Actions',
    cell: (edition) =>
      !edition.isCurrent && (
        <div class="tools">
          <ActionButton name="Compare" of={nameOf(edition)} isBusy={false} onClick={() => setCompared(edition)} />
          {mayConfigure && (
            <ActionButton
              name="Go back"
              of={`to ${nameOf(edition)}`}
              isBusy={action.isRunning}
              onClick={() => void rollBack(edition)}
            />
          )}
        </div>
      ),
    isNumber: true,
  };
  return (
    <>
      <Card title="History" isFlush>
        {action.error !== null && <ErrorNote text={action.error} />}
        <Loaded of={history}>
          {(list) => (
            <DataTable
              caption="Editions of the configuration"
              columns={[...columns, buttons]}
              rows={list}
              rowKey={({ id }) => id}
              empty={<Empty title="No history yet">Each change that is applied is kept here.</Empty>}
            />
          )}
        </Loaded>
      </Card>
      {compared !== null && <Comparison key={compared.id} with={compared} onClose={() => setCompared(null)} />}
    </>
  );
}

const columns: readonly Column<ApiEdition>[] = [
  {
    title: 'Kept at',
    cell: ({ at, isCurrent }) => (
      <>
        {formatMoment(at)} {isCurrent && <span class="tag">current</span>}
      </>
    ),
    isHead: true,
  },
  { title: 'Edition', cell: ({ edition }) => edition ?? '–', isNumber: true },
  { title: 'Who', cell: ({ user }) => (user === '' ? '–' : user) },
  { title: 'Text', cell: ({ hash }) => <code class="muted">{hash.slice(0, 8)}</code> },
  { title: 'Note', cell: ({ note }) => (note === '' ? '–' : note), isWide: true },
];

/** Editions that follow each other in one second are told apart by what they are. */
function nameOf({ at, hash }: ApiEdition): string {
  return `the edition of ${formatMoment(at)} (${hash.slice(0, 8)})`;
}

function Comparison({ with: edition, onClose }: { with: ApiEdition; onClose: () => void }) {
  const diff = useResource<{ diff: string }>(`/config/history/${encodeURIComponent(edition.id)}/diff`, {
    on: ['config'],
  });
  const tools = <ActionButton name="Close" of="the comparison" isBusy={false} onClick={onClose} />;
  return (
    <Card title={`From ${nameOf(edition)} to the present`} tools={tools} isFlush>
      <Loaded of={diff}>
        {({ diff: text }) => <DiffView title="What has changed" lines={parseUnifiedDiff(text)} />}
      </Loaded>
    </Card>
  );
}
