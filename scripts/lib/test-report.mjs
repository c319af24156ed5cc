import { readFileSync } from 'node:fs';

/** The counts of a JSON report of vitest; all zero when it was not written. */
export function readTestReport(file) {
  try {
    const { numPassedTests, numPendingTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

/** `N passed, N failed`, and how many were skipped if any were. */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
