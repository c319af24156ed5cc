import type { Outcome } from '@windhover/core';
import { escapeControls } from './escape-controls.ts';

/** The facts about a request in an access line. */
export interface AccessFacts {
  /** `''` for a Unix socket. */
  readonly address: string;
  readonly method: string;
  readonly host: string;
  /** Without the query, which may contain credentials. */
  readonly path: string;
}

/** Formats one line, including its line end. */
export type FormatAccess = (facts: AccessFacts, outcome: Outcome) => string;

/**
 * Formats `2026-03-01T12:00:00.000Z 127.0.0.1 GET example.com/index.html 200 1234 0.8ms`, plus how it ended unless it
 * was complete.
 */
export const formatAccessLine: FormatAccess = (facts, outcome) => {
  const { address, method, host, path } = facts;
  const { status, bytesSent, startedAt, endedAt, end } = outcome;
  const time = new Date(endedAt).toISOString();
  const target = escapeControls(`${method} ${host}${path}`);
  const line = `${time} ${address || '-'} ${target} ${status} ${bytesSent} ${(endedAt - startedAt).toFixed(1)}ms`;
  return end === 'complete' ? `${line}\n` : `${line} ${end}\n`;
};

/**
 * Formats the same facts as a line of JSON: `time`, `level` (`access`), `client`, `method`, `host`, `path`, `status`,
 * `bytes`, `ms`, `end`.
 */
export const formatAccessJson: FormatAccess = ({ address, method, host, path }, outcome) => {
  const { status, bytesSent, startedAt, endedAt, end } = outcome;
  const time = new Date(endedAt).toISOString();
  const ms = Number((endedAt - startedAt).toFixed(3));
  const line = { time, level: 'access', client: address, method, host, path, status, bytes: bytesSent, ms, end };
  return `${JSON.stringify(line)}\n`;
};
