import type { ApiSession } from '@windhover/admin';
import { may } from '../lib/may.ts';
import { type PageEntry, pages } from './pages.ts';

/** What the user may see of what the server has. Servers that do not name their areas have all. */
export function offeredPages(session: ApiSession & { readonly areas?: readonly string[] }): readonly PageEntry[] {
  const { role, areas } = session;
  return pages.filter((page) => {
    const { area = page.name } = page;
    const isThere = areas === undefined || area === null || areas.includes(area);
    return isThere && may(role, page.role ?? 'look');
  });
}
