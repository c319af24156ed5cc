import type { ApiDeployment } from '@windhover/admin';
import { useRef, useState } from 'preact/hooks';
import { apiSend } from '../api/client.ts';
import { upload } from '../api/upload.ts';
import { useAction } from '../api/use-action.ts';
import { useMay } from '../api/use-may.ts';
import { useResource } from '../api/use-resource.ts';
import { formatBytes, formatMoment, formatNumber } from '../lib/format.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { confirm } from '../parts/confirm.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Empty, ErrorNote, Loaded } from '../parts/notes.tsx';
import { Card, Page } from '../parts/page.tsx';

/** What is served of folders, in versions. */
export function Deployments() {
  const deployments = useResource<readonly ApiDeployment[]>('/deployments', { on: ['deployments'] });
  return (
    <Page title="Deployments" lead="Folders that are served, in versions: a ZIP makes one, a switch is at once.">
      <Loaded of={deployments}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="Nothing to deploy to">
              Name a folder under <code>deployments</code> in the configuration.
            </Empty>
          ) : (
            list.map((each) => <Deployment key={each.name} of={each} onChange={() => void deployments.reload()} />)
          )
        }
      </Loaded>
    </Page>
  );
}

type Version = ApiDeployment['versions'][number];

function Deployment({
  of: { name, folder, current, versions },
  onChange,
}: {
  of: ApiDeployment;
  onChange: () => void;
}) {
  const mayConfigure = useMay('configure');
  const action = useAction();
  const activate = async ({ id }: Version): Promise<void> => {
    const text = current === null ? 'It is served from then on.' : `It takes the place of ${current}, at once.`;
    if (!(await confirm({ title: `Switch ${name} to ${id}?`, text, action: 'Switch', isDangerous: false }))) return;
    const path = `/deployments/${encodeURIComponent(name)}/activate`;
    if (await action.run(() => apiSend('POST', path, { version: id }), `${name} is ${id} now`)) onChange();
  };
  const buttons: Column<Version> = {
    title: 'Actions',
    cell: (version) =>
      version.id !== current && (
        <ActionButton
          name="Switch to it"
          of={version.id}
          isBusy={action.isRunning}
          onClick={() => void activate(version)}
        />
      ),
    isNumber: true,
  };
  return (
    <Card title={name} tools={<code class="muted">{folder}</code>} isFlush>
      {action.error !== null && <ErrorNote text={action.error} />}
      <DataTable
        caption={`Versions of ${name}`}
        columns={[...columns(current), ...(mayConfigure ? [buttons] : [])]}
        rows={versions}
        rowKey={({ id }) => id}
        empty={<Empty title="No versions yet">A ZIP with the files makes the first.</Empty>}
      />
      {mayConfigure && <Upload name={name} onDone={onChange} />}
    </Card>
  );
}

function columns(current: string | null): readonly Column<Version>[] {
  return [
    {
      title: 'Version',
      cell: ({ id }) => (
        <>
          {id} {id === current && <span class="tag">current</span>}
        </>
      ),
      isHead: true,
    },
    { title: 'When', cell: ({ at }) => formatMoment(at) },
    { title: 'Who', cell: ({ user }) => user },
    { title: 'Files', cell: ({ files }) => formatNumber(files), isNumber: true },
    { title: 'Size', cell: ({ bytes }) => formatBytes(bytes), isNumber: true },
  ];
}

function Upload({ name, onDone }: { name: string; onDone: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [share, setShare] = useState(0);
  const [switches, setSwitches] = useState(true);
  const action = useAction();
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const file = field.current?.files?.[0];
    if (file === undefined) return;
    setShare(0);
    const send = () => upload(`/deployments/${encodeURIComponent(name)}?activate=${switches}`, file, setShare);
    const done = switches ? `${name} is ${file.name} now` : `${file.name} is a version of ${name} now`;
    if (!(await action.run(send, done))) return;
    field.current!.value = '';
    onDone();
  };
  return (
    <form class="card-foot line-form" onSubmit={(event) => void submit(event)}>
      <label class="grow">
        <span class="unseen">ZIP for {name}</span>
        <input ref={field} type="file" class="input" accept=".zip,application/zip" required />
      </label>
      {action.isRunning && (
        <progress value={share} aria-label={`Upload to ${name}`}>
          {Math.round(share * 100)} %
        </progress>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={switches}
          onChange={({ currentTarget }) => setSwitches(currentTarget.checked)}
        />
        switch to it at once
      </label>
      <button type="submit" class="button" disabled={action.isRunning}>
        Upload<span class="unseen"> a version of {name}</span>
      </button>
      {action.error !== null && <ErrorNote text={action.error} />}
    </form>
  );
}
