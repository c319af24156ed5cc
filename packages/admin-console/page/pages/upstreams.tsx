import type { ApiThing, UpstreamState } from '@windhover/admin';
import { apiSend } from '../api/client.ts';
import { type Action, useAction } from '../api/use-action.ts';
import { useMay } from '../api/use-may.ts';
import { useResource } from '../api/use-resource.ts';
import { formatDuration, formatNumber, plural } from '../lib/format.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { confirm } from '../parts/confirm.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Empty, ErrorNote, Loaded } from '../parts/notes.tsx';
import { Card, Page } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { thingPath } from './thing-path.ts';

type Server = UpstreamState['servers'][number];

/** Where requests are passed on to. */
export function Upstreams() {
  const things = useResource<readonly ApiThing[]>('/things?kind=upstream', { on: ['things'], everyMs: 3000 });
  return (
    <Page title="Upstreams" lead="Where requests are passed on to, and how each server is.">
      <Loaded of={things}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No upstreams">
              A route passes requests on with <code>proxy</code>; several servers stand under <code>upstreams</code>.
            </Empty>
          ) : (
            list.map((thing) => <Upstream key={thing.place} thing={thing} onChange={() => void things.reload()} />)
          )
        }
      </Loaded>
    </Page>
  );
}

function Upstream({ thing, onChange }: { thing: ApiThing; onChange: () => void }) {
  const { balance, counts, servers } = thing.state as UpstreamState;
  const action = useAction();
  const mayOperate = useMay('operate');
  const act: Act = async (verb, args, done) => {
    if (await action.run(() => apiSend('POST', thingPath(thing, verb), args), done)) onChange();
  };
  const columns = mayOperate
    ? [...reading, ...operating(thing, action, act)]
    : [...reading.slice(0, 2), weight, ...reading.slice(2)];
  return (
    <Card
      title={thing.name}
      tools={
        <span class="muted">
          {balance}
          {counts.waiting > 0 && `, ${plural(counts.waiting, 'request')} waiting`} · <code>{thing.place}</code>
        </span>
      }
      isFlush
    >
      {action.error !== null && <ErrorNote text={action.error} />}
      <DataTable
        caption={`Servers of ${thing.name}`}
        columns={columns}
        rows={servers}
        rowKey={({ address }) => address}
        empty={<Empty title="No servers">Nobody can answer: requests are answered 503.</Empty>}
      />
    </Card>
  );
}

type Act = (verb: string, args: Record<string, unknown>, done: string) => Promise<void>;

const weight: Column<Server> = { title: 'Weight', cell: (server) => server.weight, isNumber: true };

const reading: readonly Column<Server>[] = [
  {
    title: 'Server',
    cell: ({ address, backup }) => (
      <>
        <code>{address}</code> {backup && <span class="tag">backup</span>}
      </>
    ),
    isHead: true,
  },
  { title: 'State', cell: ({ state }) => <Status state={state} /> },
  { title: 'Latency', cell: ({ latency }) => (latency === null ? '–' : formatDuration(latency)), isNumber: true },
  { title: 'Active', cell: ({ counts }) => formatNumber(counts.active), isNumber: true },
  { title: 'Requests', cell: ({ counts }) => formatNumber(counts.total), isNumber: true },
  { title: 'Errors', cell: ({ counts }) => formatNumber(counts.errors), isNumber: true },
  { title: 'No connection', cell: ({ lastFailure }) => lastFailure ?? '–', isWide: true },
];

function operating(thing: ApiThing, action: Action, act: Act): readonly Column<Server>[] {
  const drain = async ({ address }: Server): Promise<void> => {
    const text =
      'Requests under way are finished. It gets no new ones until it is taken back, or the server stops: `drain: true` in the configuration holds longer.';
    const isSure = await confirm({ title: `Drain ${address}?`, text, action: 'Drain', isDangerous: false });
    if (isSure) await act('drain', { address }, `${address} is draining`);
  };
  const buttons: Column<Server> = {
    title: 'Actions',
    cell: (server) => (
      <div class="tools">
        {server.state === 'draining' ? (
          <ActionButton
            name="Take back"
            of={server.address}
            isBusy={action.isRunning}
            onClick={() => void act('undrain', { address: server.address }, `${server.address} gets requests again`)}
          />
        ) : (
          <ActionButton name="Drain" of={server.address} isBusy={action.isRunning} onClick={() => void drain(server)} />
        )}
      </div>
    ),
    isNumber: true,
  };
  const weights: Column<Server> = {
    title: 'Weight',
    cell: (server) => <Weight server={server} act={act} isBusy={action.isRunning} />,
    isNumber: true,
  };
  return [
    ...(thing.actions.includes('weight') ? [weights] : []),
    ...(thing.actions.includes('drain') ? [buttons] : []),
  ];
}

function Weight({ server: { address, weight: current }, act, isBusy }: { server: Server; act: Act; isBusy: boolean }) {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const next = Number(new FormData(event.currentTarget as HTMLFormElement).get('weight'));
    if (next !== current) void act('weight', { address, weight: next }, `${address} has the weight ${next}`);
  };
  return (
    <form class="line-form" onSubmit={submit}>
      <label>
        <span class="unseen">Weight of {address}</span>
        <input
          key={current}
          name="weight"
          type="number"
          class="input short"
          min="0"
          step="any"
          defaultValue={String(current)}
        />
      </label>
      <button type="submit" class="button small" disabled={isBusy}>
        Set<span class="unseen"> the weight of {address}</span>
      </button>
    </form>
  );
}
