import { Empty } from '../parts/notes.tsx';
import { Page } from '../parts/page.tsx';

export function NotFound() {
  return (
    <Page title="Not found">
      <Empty title="There is no such page">
        The address names a page that this server does not have, or that your role may not see.{' '}
        <a href="#/overview">Go to the overview</a>.
      </Empty>
    </Page>
  );
}
