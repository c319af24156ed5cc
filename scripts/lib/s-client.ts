import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Shakes hands as `openssl s_client` does, sends nothing, and returns what it says. */
export async function sClient(port: number, ...options: readonly string[]): Promise<string> {
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...options]);
  let output = '';
  const hear = (chunk: Buffer): void => void (output += chunk.toString());
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.stdin.end();
  await once(child, 'close');
  return output;
}
