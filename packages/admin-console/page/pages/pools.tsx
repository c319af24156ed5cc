import type { ApiPool } from '@windhover/admin';
import { useState } from 'preact/hooks';
import { apiSend } from '../api/client.ts';
import { useAction } from '../api/use-action.ts';
import { useMay } from '../api/use-may.ts';
import { useResource } from '../api/use-resource.ts';
import { formatBytes, formatNumber, plural } from '../lib/format.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { confirm } from '../parts/confirm.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Empty, ErrorNote, Loaded } from '../parts/notes.tsx';
import { Output } from '../parts/output.tsx';
import { Card, Page } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { Ago } from '../parts/time.tsx';

/** The applications that the server runs. */
export function Pools() {
  const pools = useResource<readonly ApiPool[]>('/pools', { on: ['pools'], everyMs: 3000 });
  return (
    <Page title="Pools" lead="Applications in processes of their own, behind the ports of this server.">
      <Loaded of={pools}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No applications">
              Name one under <code>apps</code> in the configuration, and a route passes requests to it with{' '}
              <code>app</code>.
            </Empty>
          ) : (
            list.map((pool) => <PoolCard key={pool.name} pool={pool} onChange={() => void pools.reload()} />)
          )
        }
      </Loaded>
    </Page>
  );
}

type Instance = ApiPool['instances'][number];

const columns: readonly Column<Instance>[] = [
  { title: 'Instance', cell: ({ id }) => `#${id}`, isHead: true },
  { title: 'State', cell: ({ stage }) => <Status state={stage} /> },
  { title: 'Process', cell: ({ pid }) => pid ?? '–', isNumber: true },
  { title: 'Requests', cell: ({ requests }) => formatNumber(requests), isNumber: true },
  { title: 'Memory', cell: ({ memory }) => (memory === null ? '–' : formatBytes(memory)), isNumber: true },
  { title: 'Started', cell: ({ startedAt }) => <Ago at={startedAt} />, isNumber: true },
  { title: 'Address', cell: ({ address }) => <code>{address}</code>, isWide: true },
];

/** Why no instance runs. */
const emptyWords: Readonly<Record<string, string>> = {
  idle: 'The first request starts one.',
  restarting: 'The last one has failed; another attempt follows.',
};

function PoolCard({ pool, onChange }: { pool: ApiPool; onChange: () => void }) {
  const { name, phase, failures, lastFailure, instances } = pool;
  const [showsLog, setShowsLog] = useState(false);
  const action = useAction();
  return (
    <Card
      title={
        <>
          {name} <Status state={phase} />
        </>
      }
      tools={<PoolButtons pool={pool} action={action} onChange={onChange} />}
      isFlush
    >
      {action.error !== null && <ErrorNote text={action.error} />}
      {failures > 0 && (
        <p class="row-note">
          {plural(failures, 'failure')}
          {lastFailure !== null && `, the last: ${lastFailure}`}
        </p>
      )}
      <DataTable
        caption={`Instances of ${name}`}
        columns={columns}
        rows={instances}
        rowKey={({ id }) => id}
        empty={<Empty title="No instance runs">{emptyWords[phase]}</Empty>}
      />
      <div class="card-foot">
        <button type="button" class="link" aria-expanded={showsLog} onClick={() => setShowsLog(!showsLog)}>
          {showsLog ? 'Hide the output' : 'Show the output'}
          <span class="unseen"> of {name}</span>
        </button>
      </div>
      {showsLog && <PoolLog name={name} />}
    </Card>
  );
}

interface ButtonsProps {
  readonly pool: ApiPool;
  readonly action: ReturnType<typeof useAction>;
  readonly onChange: () => void;
}

function PoolButtons({ pool: { name, phase, instances }, action, onChange }: ButtonsProps) {
  const mayOperate = useMay('operate');
  if (!mayOperate) return null;
  const ask = async (verb: 'start' | 'stop' | 'recycle', done: string): Promise<void> => {
    await action.run(() => apiSend('POST', `/pools/${encodeURIComponent(name)}/${verb}`), done);
    onChange();
  };
  const stop = async (): Promise<void> => {
    const text = 'Requests under way are finished. New ones are answered 503 until it is started again.';
    if (await confirm({ title: `Stop ${name}?`, text, action: 'Stop' })) await ask('stop', `${name} is stopped`);
  };
  const isStopped = phase === 'stopped' || phase === 'failed';
  return (
    <>
      {(isStopped || phase === 'idle') && (
        <ActionButton
          of={name}
          name="Start"
          isBusy={action.isRunning}
          onClick={() => void ask('start', `${name} is started`)}
        />
      )}
      {instances.length > 0 && (
        <ActionButton
          of={name}
          name="Recycle"
          isBusy={action.isRunning}
          onClick={() => void ask('recycle', `${name} is recycled: new instances first, then the old ones end`)}
        />
      )}
      {!isStopped && <ActionButton of={name} name="Stop" isBusy={action.isRunning} onClick={() => void stop()} />}
    </>
  );
}

function PoolLog({ name }: { name: string }) {
  const path = `/pools/${encodeURIComponent(name)}/log?lines=100`;
  const log = useResource<{ lines: readonly string[] }>(path, { everyMs: 3000 });
  return (
    <Loaded of={log}>
      {({ lines }) =>
        lines.length === 0 ? (
          <Empty title="It has written nothing" />
        ) : (
          <Output title={`Output of ${name}`} text={lines.join('\n')} />
        )
      }
    </Loaded>
  );
}
