import type { ApiOverview, ApiSession } from '@windhover/admin';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { feed, logOut } from '../api/server.ts';
import { useResource } from '../api/use-resource.ts';
import { useStore } from '../api/use-store.ts';
import { offeredPages } from '../pages/offered-pages.ts';
import { groups } from '../pages/pages.ts';
import { say } from './announcer.tsx';
import { Icon } from './icon.tsx';
import { ThemeSwitch } from './theme.tsx';

interface ShellProps {
  readonly session: ApiSession;
  readonly current: string;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** What is around every page. Navigation moves the focus to the heading of the new page. */
export function Shell({ session, current, title, children }: ShellProps) {
  const overview = useResource<ApiOverview>('/overview', { on: ['overview', 'config'] });
  const pages = offeredPages(session);
  const host = overview.data?.host;
  const last = useRef(current);
  useEffect(() => {
    document.title = host === undefined ? `${title} · Windhover` : `${title} · ${host} · Windhover`;
    if (last.current !== current) document.getElementById('page-title')?.focus();
    last.current = current;
  }, [current, title, host]);
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={skip}>
        Skip to the content
      </button>
      <header class="bar">
        <a class="brand" href="#/overview">
          <Mark />
          Windhover
        </a>
        {overview.data !== null && (
          <span class="bar-host">
            {overview.data.host} <span class="muted">{overview.data.version}</span>
          </span>
        )}
        <Connection />
        <div class="bar-end">
          <ThemeSwitch />
          <span class="bar-user">
            {session.user} <span class="role">{session.role}</span>
          </span>
          <button type="button" class="button quiet" onClick={leave} title="Log out">
            <Icon name="out" />
            <span class="unseen">Log out</span>
          </button>
        </div>
      </header>
      <nav class="nav" aria-label="Pages">
        {groups
          .filter((group) => pages.some((page) => page.group === group))
          .map((group) => (
            <div key={group} class="nav-group">
              <p class="nav-title" id={`group-${group}`}>
                {group}
              </p>
              <ul aria-labelledby={`group-${group}`}>
                {pages
                  .filter((page) => page.group === group)
                  .map((page) => (
                    <li key={page.name}>
                      <a href={`#/${page.name}`} aria-current={page.name === current ? 'page' : undefined}>
                        <Icon name={page.name} />
                        {page.title}
                      </a>
                    </li>
                  ))}
              </ul>
            </div>
          ))}
      </nav>
      <main class="main">{children}</main>
    </div>
  );
}

/** A button: the fragment of the address is the page, which a link would change. */
function skip(): void {
  document.getElementById('page-title')?.focus();
}

function leave(): void {
  logOut().catch((error: Error) => say(error.message));
}

function Connection() {
  const state = useStore(feed.state);
  return (
    <span class="connection" role="status">
      {state === 'lost' && <span class="lost">Connection lost – trying again …</span>}
      {state === 'open' && <span class="live">live</span>}
    </span>
  );
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M5 12c5-1 8 1 11 6 3-5 6-7 11-6-4 1-6 4-8 9l-3 5-3-5c-2-5-4-8-8-9z" />
    </svg>
  );
}
