import type { ApiConfig } from '@windhover/admin';
import { useEffect, useState } from 'preact/hooks';
import { useMay } from '../api/use-may.ts';
import { useResource } from '../api/use-resource.ts';
import { useStore } from '../api/use-store.ts';
import { sentence } from '../lib/format.ts';
import { CodeEditor } from '../parts/code-editor.tsx';
import { Loaded } from '../parts/notes.tsx';
import { Page } from '../parts/page.tsx';
import { Ago } from '../parts/time.tsx';
import { ApplyDialog } from './config-apply.tsx';
import { draft } from './config-draft.ts';
import { ConfigHistory } from './config-history.tsx';
import { Problems } from './config-problems.tsx';
import { useValidation } from './use-validation.ts';

/** The configuration: read, change, apply, go back. */
export function Config() {
  const config = useResource<ApiConfig>('/config', { on: ['config'] });
  return (
    <Page
      title="Configuration"
      lead={
        config.data === null ? undefined : (
          <>
            <code>{config.data.file}</code>, edition {config.data.edition}
            {config.data.reloadedAt !== null && (
              <>
                , in effect since <Ago at={Date.parse(config.data.reloadedAt)} />
              </>
            )}
          </>
        )
      }
    >
      <Loaded of={config}>{(data) => <Editor config={data} onApplied={() => void config.reload()} />}</Loaded>
      <ConfigHistory />
    </Page>
  );
}

function Editor({ config, onApplied }: { config: ApiConfig; onApplied: () => void }) {
  const current = useStore(draft);
  const mayConfigure = useMay('configure');
  const [goTo, setGoTo] = useState<{ line: number; column: number } | null>(null);
  const [isApplying, setIsApplying] = useState(false);
  const text = current?.text ?? config.text;
  const isChanged = current !== null && current.text !== config.text;
  const validation = useValidation(isChanged ? text : null);
  const isReadOnly = config.readOnly !== null || !mayConfigure;
  useEffect(() => {
    if (current !== null && current.text === config.text) draft.set(null); // somebody has applied the same
  }, [config.text, current]);
  const edit = (next: string): void => {
    const base = current?.base ?? { text: config.text, hash: config.hash };
    draft.set(next === base.text ? null : { text: next, base });
  };
  const problems = validation.result?.problems ?? [];
  const isStale = current !== null && current.base.hash !== config.hash;
  return (
    <>
      {config.error !== null && (
        <p class="note error">{sentence(`The last reload changed nothing: ${config.error}`)}</p>
      )}
      {config.readOnly !== null && <p class="note info">{sentence(`It cannot be changed here: ${config.readOnly}`)}</p>}
      {isStale && (
        <p class="note warning">
          Somebody has changed the file since you began. Your text is compared with the file as it is now.
        </p>
      )}
      <section class="card" aria-label="Editor">
        <CodeEditor
          label="Text of the configuration"
          value={text}
          onInput={edit}
          marks={problems.flatMap(({ line, isWarning }) => (line === null ? [] : [{ line, isWarning }]))}
          isReadOnly={isReadOnly}
          describedBy="config-problems"
          goTo={goTo}
        />
        <Problems isChanged={isChanged} validation={validation} onGo={setGoTo} />
        {!isReadOnly && (
          <div class="card-foot tools end">
            <button type="button" class="button" disabled={!isChanged} onClick={() => draft.set(null)}>
              Discard
            </button>
            <button
              type="button"
              class="button primary"
              disabled={!isChanged || validation.result?.ok !== true}
              onClick={() => setIsApplying(true)}
            >
              Review and apply
            </button>
          </div>
        )}
      </section>
      {isApplying && (
        <ApplyDialog
          config={config}
          text={text}
          onClose={(isApplied) => {
            setIsApplying(false);
            if (isApplied) draft.set(null);
            onApplied();
          }}
        />
      )}
    </>
  );
}
