import type { ApiLayer, ApiSites } from '@windhover/admin';
import { useState } from 'preact/hooks';
import { useHas } from '../api/use-has.ts';
import { useResource } from '../api/use-resource.ts';
import { plural } from '../lib/format.ts';
import { Empty, Loaded } from '../parts/notes.tsx';
import { Card, Page } from '../parts/page.tsx';
import { Explain } from './explain.tsx';
import { featureWords } from './feature-words.ts';

type Site = ApiSites['sites'][number];
type SiteRoute = Site['routes'][number];

/** What the configuration has, as a tree, and what becomes of a request. */
export function Sites() {
  const canExplain = useHas('explain');
  const sites = useResource<ApiSites>('/sites', { on: ['config'] });
  return (
    <Page title="Sites" lead="What the configuration has: sites, their routes, and the layers a request goes through.">
      {canExplain && <Explain />}
      <Loaded of={sites}>{(data) => <Tree of={data} />}</Loaded>
    </Page>
  );
}

function Tree({ of: { sites, layers, defaultSite } }: { of: ApiSites }) {
  return (
    <>
      {layers.length > 0 && (
        <Card title="Around every site" isFlush>
          <Layers of={layers} />
        </Card>
      )}
      {sites.length === 0 && <Empty title="No sites">The configuration serves nothing yet.</Empty>}
      {sites.map((site) => (
        <SiteCard key={site.name} site={site} isDefault={site.name === defaultSite} />
      ))}
    </>
  );
}

function SiteCard({ site: { name, hosts, layers, routes }, isDefault }: { site: Site; isDefault: boolean }) {
  return (
    <Card
      title={
        <>
          {name} {isDefault && <span class="tag">default</span>}
        </>
      }
      tools={<span class="muted">{hosts.length === 0 ? 'every host' : hosts.join(', ')}</span>}
      isFlush
    >
      {layers.length > 0 && <Layers of={layers} />}
      <ul class="tree">
        {routes.map((route, index) => (
          // The same path may stand there several times, with other conditions.
          <RouteNode key={index} route={route} />
        ))}
      </ul>
      {routes.length === 0 && <Empty title="No routes">Every request of this site is answered 404.</Empty>}
    </Card>
  );
}

function RouteNode({ route: { path, conditions, layers } }: { route: SiteRoute }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <li>
      <button type="button" class="tree-row" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        <code class="tree-path">{path}</code>
        <span class="tree-conditions">{conditions.join(' · ')}</span>
        <span class="chips">
          {layers.map((layer) => (
            <Chip key={layer.place} layer={layer} />
          ))}
          {layers.length === 0 && <span class="muted">{plural(0, 'layer')}</span>}
        </span>
      </button>
      {isOpen && <Layers of={layers} />}
    </li>
  );
}

function Chip({ layer: { feature, isOff } }: { layer: ApiLayer }) {
  return <span class={isOff ? 'chip off' : 'chip'}>{isOff ? `${feature}: off` : feature}</span>;
}

/** What each layer is, where it stands. */
function Layers({ of }: { of: readonly ApiLayer[] }) {
  return (
    <ul class="layers">
      {of.map((layer) => (
        <li key={layer.place}>
          <Chip layer={layer} />
          <span class="layer-words">{featureWords[layer.feature] ?? 'a plugin'}</span>
          <span class="muted">{layer.phases.join(', ')}</span>
          <code class="muted">{layer.place}</code>
        </li>
      ))}
    </ul>
  );
}
