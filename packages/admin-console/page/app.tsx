import { session } from './api/session.ts';
import { useRoute } from './api/use-route.ts';
import { useStore } from './api/use-store.ts';
import { LogIn } from './pages/log-in.tsx';
import { NotFound } from './pages/not-found.tsx';
import { offeredPages } from './pages/offered-pages.ts';
import { Announcer } from './parts/announcer.tsx';
import { ConfirmDialog } from './parts/confirm.tsx';
import { Shell } from './parts/shell.tsx';

/** The log-in, or the page that the address names. The address stays while the user logs in. */
export function App() {
  const state = useStore(session);
  const route = useRoute();
  if (state.kind === 'unknown') return null;
  if (state.kind === 'out') return <LogIn note={state.note} />;
  const pages = offeredPages(state.session);
  const page = pages.find(({ name }) => name === route.page) ?? (route.isDefault ? pages[0] : undefined);
  const Content = page?.content ?? NotFound;
  return (
    <>
      <Shell session={state.session} current={page?.name ?? route.page} title={page?.title ?? 'Not found'}>
        <Content rest={route.rest} />
      </Shell>
      <ConfirmDialog />
      <Announcer />
    </>
  );
}
