import type { ApiThing } from '@windhover/admin';
import { useState } from 'preact/hooks';
import { apiSend } from '../api/client.ts';
import { useAction } from '../api/use-action.ts';
import { useMay } from '../api/use-may.ts';
import { useResource } from '../api/use-resource.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { confirm } from '../parts/confirm.tsx';
import { Empty, ErrorNote, Loaded } from '../parts/notes.tsx';
import { Card, Page } from '../parts/page.tsx';
import { Value } from '../parts/value.tsx';
import { thingPath } from './thing-path.ts';

/** Kinds that have a page of their own. */
const shownElsewhere = new Set(['upstream', 'cache', 'ftp', 'traces']);

/** Everything else that features show: limits, and what plugins have. */
export function Things() {
  const things = useResource<readonly ApiThing[]>('/things', { on: ['things'], everyMs: 5000 });
  return (
    <Page title="Limits and more" lead="What other features and plugins show of themselves.">
      <Loaded of={things}>
        {(list) => {
          const others = list.filter(({ kind }) => !shownElsewhere.has(kind));
          if (others.length === 0) return <Empty title="Nothing else">No other feature in use shows anything.</Empty>;
          return others.map((thing) => (
            <ThingCard
              key={`${thing.kind} ${thing.name} ${thing.place}`}
              thing={thing}
              onChange={() => void things.reload()}
            />
          ));
        }}
      </Loaded>
    </Page>
  );
}

function ThingCard({ thing, onChange }: { thing: ApiThing; onChange: () => void }) {
  const { kind, name, place, state, actions } = thing;
  const mayOperate = useMay('operate');
  return (
    <Card
      title={
        <>
          {name} <span class="tag">{kind}</span>
        </>
      }
      tools={<code class="muted">{place}</code>}
    >
      <Value of={state} name={name} />
      {mayOperate && actions.length > 0 && <Actions thing={thing} onChange={onChange} />}
    </Card>
  );
}

/** The actions of a thing that this page knows nothing about: what they take is written as JSON. */
function Actions({ thing, onChange }: { thing: ApiThing; onChange: () => void }) {
  const [args, setArgs] = useState('');
  const [faulty, setFaulty] = useState<string | null>(null);
  const action = useAction();
  const run = async (verb: string): Promise<void> => {
    const parsed = parseArguments(args);
    setFaulty(typeof parsed === 'string' ? parsed : null);
    if (typeof parsed === 'string') return;
    const text = args.trim() === '' ? `It happens in every worker.` : `With ${args.trim()}, in every worker.`;
    if (!(await confirm({ title: `${verb}: ${thing.name}?`, text, action: verb }))) return;
    if (await action.run(() => apiSend('POST', thingPath(thing, verb), parsed), `${verb} of ${thing.name} is done`))
      onChange();
  };
  const error = faulty ?? action.error;
  return (
    <div class="line-form purge">
      {thing.actions.map((verb) => (
        <ActionButton key={verb} name={verb} of={thing.name} isBusy={action.isRunning} onClick={() => void run(verb)} />
      ))}
      <label class="grow">
        <span class="unseen">Arguments for actions of {thing.name}, as JSON</span>
        <input
          class="input mono"
          placeholder='arguments as JSON, if it needs some: { "name": "…" }'
          value={args}
          onInput={({ currentTarget }) => setArgs(currentTarget.value)}
          spellcheck={false}
        />
      </label>
      {error !== null && <ErrorNote text={error} />}
    </div>
  );
}

function parseArguments(text: string): object | string {
  if (text.trim() === '') return {};
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? value
      : 'The arguments are not an object';
  } catch (error) {
    return `The arguments are not JSON: ${(error as Error).message}`;
  }
}
