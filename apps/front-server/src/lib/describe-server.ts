import { openUrl } from '@windhover/console';
import type { Listener } from '@windhover/transport';
import { adminUrl } from './admin/admin-url.ts';
import type { FrontConfig, FrontServer } from './front-server.ts';

/** Returns the text printed after the start: the configuration, the addresses, the sites, and how to stop the server. */
export function describeServer(
  version: string,
  server: Pick<
    FrontServer,
    'config' | 'listeners' | 'ftpListeners' | 'secureListeners' | 'operationsListener' | 'admin'
  >,
): string {
  const secure = new Set(server.secureListeners);
  const schemeOf = (listener: Listener): 'http' | 'https' => (secure.has(listener) ? 'https' : 'http');
  const rows: (readonly [name: string, value: string])[] = [
    ['configuration', server.config.file],
    ...server.listeners.map((each) => ['open', openUrl(each.address, schemeOf(each))] as const),
    ...server.ftpListeners.map(({ name }) => ['ftp', `ftp://${name}`] as const),
    ...(server.operationsListener === null ? [] : [['metrics', openUrl(server.operationsListener.address)] as const]),
    ...(server.admin.listener === null
      ? []
      : [['admin', adminUrl(server.admin.listener, server.admin.section)] as const]),
    ...describeSites(server.config).map((line) => ['site', line] as const),
    ['stop', 'Ctrl+C, or SIGTERM'],
  ];
  return describeRows(version, rows);
}

/** Formats the text: one line for each name and value. */
export function describeRows(version: string, rows: readonly (readonly [name: string, value: string])[]): string {
  const lines = rows.map(([name, value]) => `  ${name.padEnd(15)}${value}\n`);
  return `Windhover ${version}\n${lines.join('')}`;
}

/** A line for each site: its hosts, and its routes with what answers them. */
export function describeSites({ sites, defaultSite }: FrontConfig): string[] {
  return sites.map(({ name, hosts, routes }) => {
    const where = name === defaultSite ? [...hosts, 'every host that no site names'] : hosts;
    const what = routes.map(({ path, features }) => `${path} ${features.map(({ feature }) => feature.name).join(' ')}`);
    return `${name}: ${where.join(', ')}\n${' '.repeat(19)}${what.join(', ')}`;
  });
}
