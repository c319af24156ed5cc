import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.mjs';

const workerConnections = 12_000;

/** The command that runs nginx, with one worker in the foreground, for a scenario. */
export function nginxCommand({ port, work, folder, upstreamPort }) {
  const servers = work === 'proxy' ? proxy(port, upstreamPort) : hello(port, folder);
  const own = mkdtempSync(join(temporaryFolder, 'nginx-'));
  const file = join(own, 'nginx.conf');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${own}/${name};`);
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${own}/pid; error_log stderr error; ${process.getuid() === 0 ? 'user root;' : ''}
     events { worker_connections ${workerConnections}; }
     http { access_log off; keepalive_requests 1000000000; keepalive_timeout 130s; ${paths.join(' ')} ${servers} }`,
  );
  return ['nginx', '-c', file, '-p', own];
}

function hello(port, folder) {
  const tls =
    folder === null
      ? ''
      : `ssl_certificate ${folder}/certificate.pem; ssl_certificate_key ${folder}/key.pem; ssl_protocols TLSv1.3;`;
  return `server { listen 127.0.0.1:${port}${folder === null ? '' : ' ssl'}; ${tls}
    location / { default_type "text/plain; charset=utf-8"; return 200 "Hello, world\\n"; } }`;
}

function proxy(port, upstreamPort) {
  return `upstream up { server 127.0.0.1:${upstreamPort}; keepalive 64; }
    server { listen 127.0.0.1:${port}; location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection "";
    proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; } }`;
}
