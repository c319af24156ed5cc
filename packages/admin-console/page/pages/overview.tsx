import type { ApiOverview, ApiSample, ApiWorker } from '@windhover/admin';
import { samples } from '../api/server.ts';
import { useResource } from '../api/use-resource.ts';
import { useStore } from '../api/use-store.ts';
import { formatBytes, formatDuration, formatNumber, formatTime, plural, sentence } from '../lib/format.ts';
import { byMinute } from '../lib/summarize-samples.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Facts } from '../parts/facts.tsx';
import { Empty, Loaded } from '../parts/notes.tsx';
import { Card, Page } from '../parts/page.tsx';
import { Plot } from '../parts/plot.tsx';
import { Status } from '../parts/status.tsx';
import { Ago } from '../parts/time.tsx';
import { overviewPlots } from './overview-plots.ts';

/** How the server is, now and in the last quarter of an hour. */
export function Overview() {
  const overview = useResource<ApiOverview>('/overview', { on: ['overview', 'config'], everyMs: 10_000 });
  const recent = useStore(samples);
  return (
    <Page title="Overview" lead={overview.data === null ? undefined : <Lead of={overview.data} />}>
      <div class="plots">
        {overviewPlots.map((plot) => (
          <Plot key={plot.title} samples={recent} {...plot} />
        ))}
      </div>
      <details class="disclosure">
        <summary>The same as a table, by minute</summary>
        <MinuteTable samples={recent} />
      </details>
      <Loaded of={overview}>
        {(data) => (
          <>
            <ConfigFault error={data.config.error} />
            <div class="columns">
              <Card title="Workers" isFlush>
                <DataTable
                  caption="Workers"
                  columns={workerColumns}
                  rows={data.workers}
                  rowKey={({ id }) => id}
                  empty={<Empty title="No workers">Everything runs in process {data.pid}.</Empty>}
                />
              </Card>
              <Card title="Server">
                <ServerFacts of={data} />
              </Card>
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Lead({ of: { workers, listeners, startedAt } }: { of: ApiOverview }) {
  return (
    <>
      {plural(Math.max(1, workers.length), 'process', 'processes')} on{' '}
      {plural(listeners.length, 'address', 'addresses')}, started <Ago at={startedAt} />
    </>
  );
}

function ConfigFault({ error }: { error: string | null }) {
  if (error === null) return null;
  return (
    <div class="note error" role="alert">
      <p>
        {sentence(`The last reload changed nothing: ${error}`)} <a href="#/config">Open the configuration</a>
      </p>
    </div>
  );
}

const workerColumns: readonly Column<ApiWorker>[] = [
  { title: 'Worker', cell: ({ id }) => id, isHead: true },
  { title: 'State', cell: ({ state }) => <Status state={state} /> },
  { title: 'Process', cell: ({ pid }) => pid ?? '–', isNumber: true },
  { title: 'Connections', cell: ({ connections }) => connections ?? '–', isNumber: true },
  { title: 'Memory', cell: ({ memory }) => (memory === null ? '–' : formatBytes(memory)), isNumber: true },
  { title: 'Started', cell: ({ startedAt }) => (startedAt === null ? '–' : <Ago at={startedAt} />), isNumber: true },
];

function ServerFacts({ of: { listeners, config, pid, node, version } }: { of: ApiOverview }) {
  return (
    <Facts
      of={[
        [
          'Listens on',
          <ul key="urls" class="plain">
            {listeners.map(({ url }) => (
              <li key={url}>
                <code>{url}</code>
              </li>
            ))}
          </ul>,
        ],
        ['Configuration', <code key="file">{config.file}</code>],
        ['Edition', `${config.edition}`],
        ['Reloaded', config.reloadedAt === null ? null : <Ago key="at" at={Date.parse(config.reloadedAt)} />],
        ['Version', `Windhover ${version}, Node.js ${node}`],
        ['Process', String(pid)],
      ]}
    />
  );
}

const ms = (value: number | null): string => (value === null ? '–' : formatDuration(value));

const minuteColumns: readonly Column<ApiSample>[] = [
  { title: 'Minute', cell: ({ at }) => formatTime(at).slice(0, 5), isHead: true },
  { title: 'Requests/s', cell: ({ requests }) => formatNumber(requests), isNumber: true },
  { title: 'Errors/s', cell: ({ errors }) => formatNumber(errors), isNumber: true },
  { title: 'p50', cell: ({ p50 }) => ms(p50), isNumber: true },
  { title: 'p95', cell: ({ p95 }) => ms(p95), isNumber: true },
  { title: 'p99', cell: ({ p99 }) => ms(p99), isNumber: true },
  { title: 'CPU', cell: ({ cpu }) => `${formatNumber(cpu * 100)} %`, isNumber: true },
  { title: 'Memory', cell: ({ memory }) => formatBytes(memory), isNumber: true },
  { title: 'Connections', cell: ({ connections }) => formatNumber(connections), isNumber: true },
];

function MinuteTable({ samples: recent }: { samples: readonly ApiSample[] }) {
  return (
    <DataTable
      caption="The last 15 minutes: means of rates, the highest of everything else"
      columns={minuteColumns}
      rows={byMinute(recent)}
      rowKey={({ at }) => at}
      empty={<Empty title="Nothing measured yet" />}
    />
  );
}
