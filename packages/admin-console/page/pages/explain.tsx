import { useState } from 'preact/hooks';
import { apiSend } from '../api/client.ts';
import type { Explanation } from '../api/explanation.ts';
import { useAction } from '../api/use-action.ts';
import { Facts } from '../parts/facts.tsx';
import { ErrorNote } from '../parts/notes.tsx';
import { Card } from '../parts/page.tsx';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Asks what would become of a request, without making it. */
export function Explain() {
  const [explained, setExplained] = useState<Explanation | null>(null);
  const action = useAction();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const asked = { method: String(fields.get('method')), url: String(fields.get('url')).trim() };
    void action.run(async () => setExplained(await apiSend<Explanation>('POST', '/explain', asked)), 'Explained below');
  };
  return (
    <Card title="What becomes of a request?">
      <form class="line-form" onSubmit={submit}>
        <label>
          <span class="unseen">Method</span>
          <select name="method" class="input">
            {methods.map((method) => (
              <option key={method}>{method}</option>
            ))}
          </select>
        </label>
        <label class="grow">
          <span class="unseen">URL</span>
          <input
            name="url"
            class="input mono"
            placeholder="https://shop.example.com/api/products?page=2"
            spellcheck={false}
            autocapitalize="none"
            required
          />
        </label>
        <button type="submit" class="button primary" disabled={action.isRunning}>
          Explain
        </button>
      </form>
      {action.error !== null && <ErrorNote text={action.error} />}
      {explained !== null && <Explained of={explained} />}
    </Card>
  );
}

function Explained({ of }: { of: Explanation }) {
  const { site, route, noRoute, client, listeners, listenerRemark, layers, otherRoutes, leftOut, answer } = of;
  return (
    <div class="explained">
      <p class="answer">
        <span class="muted">Answer</span> {answer}
      </p>
      <Facts
        of={[
          ['Listener', `${listeners.join(', ')}${listenerRemark === null ? '' : ` (${listenerRemark})`}`],
          ['Client', `${client.address}, from the ${client.source}`],
          ['Site', `${site.name ?? 'none'}: ${site.because}`],
          [
            'Route',
            route === null ? (noRoute === null ? null : `none: ${noRoute}`) : `${route.path}: ${route.because}`,
          ],
        ]}
      />
      <h3>Layers, in the order in which the request goes through them</h3>
      <ol class="steps">
        {layers.map(({ phase, feature, place, reasons }) => (
          <li key={`${phase} ${place}`}>
            <span class="step-phase">{phase}</span>
            <div>
              <span class="chip">{feature}</span> <code class="muted">{place}</code>
              {reasons.length === 0 && <p class="muted">decides only when it runs</p>}
              {reasons.map(({ decision, because, answers }) => (
                <p key={decision}>
                  {answers === true ? <strong>{decision}</strong> : decision} <span class="muted">{because}</span>
                </p>
              ))}
            </div>
          </li>
        ))}
      </ol>
      <Others title="Other routes" of={otherRoutes.map(({ path, because }) => [path, because])} />
      <Others title="Not in effect for this request" of={leftOut.map(({ feature, because }) => [feature, because])} />
    </div>
  );
}

function Others({ title, of }: { title: string; of: readonly (readonly [string, string])[] }) {
  if (of.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="others">
        {of.map(([name, because]) => (
          <li key={`${name} ${because}`}>
            <code>{name}</code> <span class="muted">{because}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
