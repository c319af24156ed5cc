import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.mjs';

/** The command that runs HAProxy with one thread, as a proxy that keeps its connections. */
export function haproxyCommand({ port, upstreamPort }) {
  const file = join(mkdtempSync(join(temporaryFolder, 'haproxy-')), 'haproxy.cfg');
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option forwardfor
  http-reuse always
frontend front
  bind 127.0.0.1:${port}
  default_backend up
backend up
  http-request set-header X-Forwarded-Proto http
  server one 127.0.0.1:${upstreamPort}
`,
  );
  return ['haproxy', '-db', '-q', '-f', file];
}
