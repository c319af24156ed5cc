import type { ApiLogLine, ApiSample, ApiSession } from '@windhover/admin';
import { createSampleWindow } from '../lib/sample-window.ts';
import { createStore } from '../lib/store.ts';
import { apiGet, apiSend } from './client.ts';
import { createEventFeed } from './event-feed.ts';
import { session } from './session.ts';

export const feed = createEventFeed();

const sampleWindow = createSampleWindow();
/** The samples of the last 15 minutes; a new list for each new sample. */
export const samples = createStore<readonly ApiSample[]>([]);

const mostLines = 1000;
/** The last lines of the log; `null` until they were asked for. */
export const logLines = createStore<readonly LogEntry[] | null>(null);

/** A line with a number that no other line has. */
export interface LogEntry extends ApiLogLine {
  readonly number: number;
}

let lineCount = 0;
const numbered = (line: ApiLogLine): LogEntry => ({ ...line, number: ++lineCount });

feed.on('stats', (sample) => {
  sampleWindow.add(sample);
  showSamples();
});
feed.on('log', (line) => {
  const lines = logLines.value;
  if (lines !== null) logLines.set([...lines, numbered(line)].slice(-mostLines));
});
feed.onReturn(() => {
  if (sampleWindow.samples.length > 0) void fillSamples();
  if (logLines.value !== null) fillLog().catch(() => undefined); // the page says that the connection is lost
});

let frame = 0;
/** At most once for each frame, however many samples come; not at all while nobody sees the page. */
function showSamples(): void {
  if (frame !== 0) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    samples.set(sampleWindow.samples);
  });
}

async function fillSamples(): Promise<void> {
  sampleWindow.fill(await apiGet<readonly ApiSample[]>('/stats?minutes=15').catch(() => []));
  showSamples();
}

/** Reads the log as it is now. Later lines come by themselves. */
export async function fillLog(): Promise<void> {
  const lines = await apiGet<readonly ApiLogLine[]>(`/log?lines=${mostLines}`);
  logLines.set(lines.map(numbered));
}

/** Counts the users who have logged out: what they have typed is forgotten. */
export const left = createStore(0);

/** Asks whether there is a session. */
export async function resumeSession(): Promise<void> {
  try {
    enter(await apiGet<ApiSession>('/session'));
  } catch (error) {
    if (session.value.kind === 'unknown') session.set({ kind: 'out', note: (error as Error).message });
  }
}

export async function logIn(credentials: { user: string; password: string } | { token: string }): Promise<void> {
  enter(await apiSend<ApiSession>('POST', '/session', credentials));
}

export async function logOut(): Promise<void> {
  await apiSend('DELETE', '/session');
  left.set(left.value + 1);
  session.set({ kind: 'out', note: null });
}

function enter(entered: ApiSession): void {
  session.set({ kind: 'in', session: entered });
}

session.follow(() => {
  if (session.value.kind === 'in') {
    const { areas } = session.value.session;
    if (areas.includes('events')) feed.open();
    if (areas.includes('stats')) void fillSamples();
    return;
  }
  feed.close();
  logLines.set(null);
});
