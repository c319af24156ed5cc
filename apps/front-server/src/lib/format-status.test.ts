import { describe, expect, it } from 'vitest';
import { formatStatus, type ServerStatus } from './format-status.ts';

const now = Date.UTC(2026, 0, 1);
const slot = { since: now - 65_000, connections: 2, generation: 1, restarts: 0, lastExit: null, draining: [] };
const status: ServerStatus = {
  ...{ version: '1.2.3', pid: 10, state: 'running', config: '/etc/w.yaml', generation: 1 },
  ...{ edition: 3, reloadedAt: '2026-01-01T00:00:00.000Z', reloadError: null, apps: [] },
  listen: [
    { url: 'https://localhost/', port: 443 },
    { url: 'unix:/run/w.sock', path: '/run/w.sock' },
  ],
  ftp: [],
  slots: [
    { ...slot, slot: 0, state: 'ready', pid: 11 },
    {
      ...{ ...slot, slot: 1, state: 'ready', pid: 12, restarts: 2, draining: [8, 9] },
      lastExit: { code: null, signal: 'SIGKILL', at: now - 70_000, reason: null, stderr: [] },
    },
    {
      ...{ ...slot, slot: 2, state: 'waiting', pid: null, connections: null, restarts: 1 },
      lastExit: { code: 1, signal: null, at: now - 1000, reason: 'it hung', stderr: [] },
    },
  ],
};

describe('formatStatus()', () => {
  it('says where the server listens, which configuration it has, and why workers were replaced', () => {
    expect(formatStatus(status, now)).toBe(`Windhover 1.2.3
  state          running (process 10)
  configuration  /etc/w.yaml, edition 3, since 2026-01-01T00:00:00.000Z
  open           https://localhost/  (every address of this machine)
  open           unix:/run/w.sock
  worker 0       ready for 65s, process 11, 2 connections
  worker 1       ready for 65s, process 12, 2 connections, replaced 2 times, 70s ago because it had ended with signal SIGKILL, 2 before it still finishing (8, 9)
  worker 2       waiting for 65s, replaced once, 1s ago because it hung
`);
  });

  it('says why the last reload changed nothing', () => {
    const reloadError = '/etc/w.yaml:1:8  http2\n  1 | http2: true\n\n  Expected `alpn`, found true.\n';
    expect(formatStatus({ ...status, reloadError }, now)).toContain(`
  last reload    changed nothing: /etc/w.yaml:1:8  http2
                   1 | http2: true
                   Expected \`alpn\`, found true.
  worker 0 `);
  });

  it('says where FTP is served', () => {
    const text = formatStatus({ ...status, listen: [], ftp: ['ftp://127.0.0.1:2121'] }, now);
    expect(text).toContain('\n  ftp            ftp://127.0.0.1:2121\n');
  });
});
