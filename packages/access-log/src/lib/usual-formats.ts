import { type AccessEntry, grpcStatusOf, refusalOf } from './access-entry.ts';
import type { AccessFormat } from './access-format.ts';
import { escapeText, escapeWord, jsonText } from './escape-text.ts';
import { type Fact, facts, moreFacts } from './facts.ts';
import { numberText, tenthsText } from './number-text.ts';
import { perText } from './per-text.ts';
import { commonTime, isoTime, w3cTime } from './time-text.ts';
import { whyEnded } from './why-ended.ts';

const plainFormat = { header: null, usesStages: false };

/** `2026-03-01T12:00:00.000Z 127.0.0.1 GET example.com/index.html 200 1234 0.8ms`, how a call of gRPC failed, why it ended unless it was complete, and what has refused it: `CODE (rule)`. */
function consoleLine(entry: AccessEntry): string {
  const { context, outcome, path } = entry;
  const { method, host } = context.request;
  const { status, bytesSent, startedAt, endedAt } = outcome;
  const target = `${escapeText(method)} ${escapeText(host)}${escapeText(path)}`;
  const client = context.client.address || '-';
  const line = `${isoTime(endedAt)} ${client} ${target} ${status} ${bytesSent} ${tenthsText(endedAt - startedAt)}ms`;
  const end = whyEnded(entry);
  const refusal = refusalOf(entry);
  const why = refusal === undefined ? '' : ` ${escapeText(refusal.code)} (${escapeText(refusal.rule)})`;
  const grpcStatus = grpcStatusOf(entry) ?? 0; // the status of HTTP is 200 all the same
  const failed = grpcStatus === 0 ? '' : ` grpc-status=${grpcStatus}`;
  return end === 'complete' ? `${line}${failed}${why}\n` : `${line}${failed} ${end}${why}\n`;
}

/** The Common Log Format of Apache and nginx, without its line end. */
function common(entry: AccessEntry): string {
  const { context, outcome } = entry;
  const user = facts.user(entry);
  const request = `${escapeText(context.request.method)} ${escapeText(moreFacts.target(entry))} ${facts.protocol(entry)}`;
  const name = user === null || user === '' ? '-' : escapeWord(user);
  const client = context.client.address || '-';
  return `${client} - ${name} [${commonTime(outcome.endedAt)}] "${request}" ${outcome.status} ${outcome.bytesSent}`;
}

function combinedLine(entry: AccessEntry): string {
  const referer = agentText(facts.referer(entry) ?? '-');
  return `${common(entry)} "${referer}" "${agentText(facts.userAgent(entry) ?? '-')}"\n`;
}

/** Escaped texts of fields that are the same for many requests. */
const jsonAgent = perText(jsonText);
const agentText = perText(escapeText);
const w3cAgent = perText(w3cWord);

const jsonFacts = Object.entries<Fact>(facts).map(([name, read]) => ({
  key: `,"${name}":`,
  read,
  format: name === 'userAgent' || name === 'referer' ? jsonAgent : jsonText,
}));

/** Facts that an exchange does not have are left out. `level` tells the line from those of the log, where both share a stream. */
function jsonLine(entry: AccessEntry): string {
  let line = '{"level":"access"';
  for (const { key, read, format } of jsonFacts) {
    const value = read(entry);
    if (value === null || value === '') continue;
    line += key + (typeof value === 'number' ? numberText(value) : format(value));
  }
  return `${line}}\n`;
}

const w3cFields = [
  ...['date', 'time', 's-ip', 'cs-method', 'cs-uri-stem', 'cs-uri-query', 's-port', 'cs-username', 'c-ip'],
  ...['cs(User-Agent)', 'cs(Referer)', 'sc-status', 'sc-substatus', 'sc-win32-status', 'time-taken'],
];

const w3cHeader = `#Software: Windhover\n#Version: 1.0\n#Date: {now}\n#Fields: ${w3cFields.join(' ')}\n`;

/** The fields that IIS logs by default. The sub-status is that of a rule that has refused the request; the Windows status is 0. */
function w3cLine(entry: AccessEntry): string {
  const { context, outcome, path } = entry;
  const { connection, request } = context;
  const { status, startedAt, endedAt } = outcome;
  const asked = `${w3cWord(request.method)} ${w3cWord(path)} ${w3cWord(facts.query(entry))}`;
  const client = `${w3cWord(facts.user(entry))} ${context.client.address || '-'}`;
  const agent = `${w3cAgent(facts.userAgent(entry) ?? '')} ${w3cAgent(facts.referer(entry) ?? '')}`;
  const taken = Math.max(0, Math.round(endedAt - startedAt));
  const subStatus = refusalOf(entry)?.subStatus ?? 0;
  return `${w3cTime(endedAt)} ${w3cWord(connection.localAddress)} ${asked} ${connection.localPort} ${client} ${agent} ${status} ${subStatus} 0 ${taken}\n`;
}

function w3cWord(text: string | null): string {
  if (text === null || text === '') return '-';
  const safe = escapeText(text);
  return safe.includes(' ') ? safe.replaceAll(' ', '+') : safe;
}

/** The formats that have a name. */
export const usualFormats: Readonly<Record<'combined' | 'common' | 'json' | 'w3c' | 'console', AccessFormat>> = {
  combined: { ...plainFormat, line: combinedLine },
  common: { ...plainFormat, line: (entry) => `${common(entry)}\n` },
  json: { ...plainFormat, line: jsonLine, usesStages: true },
  w3c: { ...plainFormat, line: w3cLine, header: w3cHeader },
  console: { ...plainFormat, line: consoleLine },
};

/** The name of a usual format. */
export type UsualFormat = keyof typeof usualFormats;
