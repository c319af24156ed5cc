import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes a configuration for one worker in the foreground and returns the arguments that use it. */
export function nginxArguments(http) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr error; ${process.getuid() === 0 ? 'user root;' : ''}
     events { worker_connections 4096; }
     http { access_log off; keepalive_requests 1000000000; ${temporary.join(' ')} ${http} }`,
  );
  return ['-c', file, '-p', folder];
}
