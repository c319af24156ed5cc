export { accessLog } from './lib/access-log.ts';
export { createConsoleLog } from './lib/console-log.ts';
export { describeError } from './lib/describe-error.ts';
export { escapeControls } from './lib/escape-controls.ts';
export { type AccessFacts, type FormatAccess, formatAccessJson, formatAccessLine } from './lib/format-access-line.ts';
export { createJsonLog } from './lib/json-log.ts';
export { createLineWriter, type LineStream, type LineWriter } from './lib/line-writer.ts';
export { openUrl } from './lib/open-url.ts';
export { stopSignal } from './lib/stop-signal.ts';
