import { readFileSync } from 'node:fs';

/** The counts of a JSON report of vitest, and what failed; all zero when it was not written. */
export function readTestReport(file) {
  try {
    const { numPassedTests, numPendingTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
    const counts = { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
    return { ...counts, failures: testResults.flatMap(failuresOf) };
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return { passed: 0, failed: 0, skipped: 0, failures: [] };
  }
}

/** Where, what, and the first line of why. A file that does not even load fails without a test. */
function failuresOf({ name, status, message, assertionResults }) {
  const file = name.slice(name.lastIndexOf('/') + 1);
  const failed = assertionResults.filter((result) => result.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [`✗ ${file}: ${firstLine(message)}`] : [];
  return failed.map(({ fullName, failureMessages }) => `✗ ${file}: ${fullName}: ${firstLine(failureMessages[0])}`);
}

function firstLine(text = '') {
  return text.split('\n', 1)[0];
}

/** `N passed, N failed`, and how many were skipped if any were. */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
