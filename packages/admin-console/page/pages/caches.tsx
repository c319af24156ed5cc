import type { ApiThing, CacheState } from '@windhover/admin';
import { useState } from 'preact/hooks';
import { apiSend } from '../api/client.ts';
import { useAction } from '../api/use-action.ts';
import { useMay } from '../api/use-may.ts';
import { useResource } from '../api/use-resource.ts';
import { cacheTiles } from '../lib/cache-tiles.ts';
import { Select } from '../parts/choices.tsx';
import { confirm } from '../parts/confirm.tsx';
import { Empty, ErrorNote, Loaded } from '../parts/notes.tsx';
import { Card, Page } from '../parts/page.tsx';
import { thingPath } from './thing-path.ts';

/** What is kept of answers. */
export function Caches() {
  const things = useResource<readonly ApiThing[]>('/things?kind=cache', { on: ['things'], everyMs: 5000 });
  return (
    <Page title="Cache" lead="Answers that are kept, how often they serve, and how to forget them.">
      <Loaded of={things}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No caches">
              A route keeps answers with <code>cache</code>.
            </Empty>
          ) : (
            list.map((thing) => (
              <CacheCard key={`${thing.name} ${thing.place}`} thing={thing} onChange={() => void things.reload()} />
            ))
          )
        }
      </Loaded>
    </Page>
  );
}

function CacheCard({ thing, onChange }: { thing: ApiThing; onChange: () => void }) {
  const tiles = cacheTiles(thing.state as CacheState);
  const mayOperate = useMay('operate');
  return (
    <Card title={thing.name} tools={<code class="muted">{thing.place}</code>}>
      <dl class="tiles">
        {tiles.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {mayOperate && thing.actions.includes('purge') && <Purge thing={thing} onChange={onChange} />}
    </Card>
  );
}

type By = 'url' | 'prefix' | 'tag' | 'all';

const ways: readonly (readonly [By, string])[] = [
  ['url', 'one URL'],
  ['prefix', 'all below a URL'],
  ['tag', 'a tag'],
  ['all', 'everything'],
];
const examples = {
  url: 'https://shop.example.com/reports/daily',
  prefix: 'https://shop.example.com/reports/',
  tag: 'product-8812',
  all: '',
};

function Purge({ thing, onChange }: { thing: ApiThing; onChange: () => void }) {
  const [by, setBy] = useState<By>('url');
  const [isSoft, setIsSoft] = useState(false);
  const action = useAction();
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const value = String(new FormData(event.currentTarget as HTMLFormElement).get('value') ?? '').trim();
    const text = 'Every request is passed on until the cache is full again.';
    const question = { title: `Purge everything in ${thing.name}?`, text, action: 'Purge everything' };
    if (by === 'all' && !isSoft && !(await confirm(question))) return;
    const args = { ...(by === 'all' ? { all: true } : { [by]: value }), ...(isSoft ? { soft: true } : {}) };
    const done = by === 'all' ? `${thing.name} is purged` : `${value} is purged from ${thing.name}`;
    if (await action.run(() => apiSend('POST', thingPath(thing, 'purge'), args), done)) onChange();
  };
  return (
    <form class="line-form purge" onSubmit={(event) => void submit(event)}>
      <span>Purge</span>
      <Select label={`What to purge from ${thing.name}`} value={by} of={ways} onChange={setBy} />
      {by !== 'all' && (
        <label class="grow">
          <span class="unseen">{by === 'tag' ? 'Tag' : 'URL'}</span>
          <input key={by} name="value" class="input mono" placeholder={examples[by]} spellcheck={false} required />
        </label>
      )}
      <label class="check" title="The entries are validated before they are served again">
        <input type="checkbox" checked={isSoft} onChange={({ currentTarget }) => setIsSoft(currentTarget.checked)} />
        only mark as stale
      </label>
      <button type="submit" class="button" disabled={action.isRunning}>
        Purge
      </button>
      {action.error !== null && <ErrorNote text={action.error} />}
    </form>
  );
}
