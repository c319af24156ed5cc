import type { ApiSession } from '@windhover/admin';
import { may } from '../lib/may.ts';
import { type PageEntry, pages } from './pages.ts';

/** What the user may see of what the server has. */
export function offeredPages(session: ApiSession): readonly PageEntry[] {
  const { role, areas } = session;
  return pages.filter((page) => {
    const { area = page.name } = page;
    const isThere = area === null || areas.includes(area);
    return isThere && may(role, page.role ?? 'look');
  });
}
