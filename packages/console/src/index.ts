export { closeLineWriters } from './lib/close-line-writers.ts';
export { createConsoleLog } from './lib/console-log.ts';
export { describeError } from './lib/describe-error.ts';
export { escapeControls } from './lib/escape-controls.ts';
export { indentLines } from './lib/indent-lines.ts';
export { createJsonLog } from './lib/json-log.ts';
export { createLineWriter, type LineStream, type LineWriter } from './lib/line-writer.ts';
export { openUrl } from './lib/open-url.ts';
export { stopSignal } from './lib/stop-signal.ts';
