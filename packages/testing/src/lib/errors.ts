/** Every code this package throws, or reports as the error of an exchange. */
export const testingErrors = {
  TESTING_NEXT_DROPPED:
    'A middleware returned while the rest of the pipeline was still running: return or await what next() gives',
  TESTING_NEXT_TWICE: 'A middleware called next() again without response.reset()',
  TESTING_ANSWER_AFTER_RETURN: 'The response was changed after the pipeline had returned',
  TESTING_RESPONSE_INVALID: 'The response cannot be sent',
  TESTING_BODY_LENGTH_MISMATCH: 'The response body is not as long as was announced',
  TESTING_CLIENT_CLOSED: 'The client went away',
} as const;

/** An error code of this package. */
export type TestingErrorCode = keyof typeof testingErrors;

/** An error that this package throws or reports. */
export class TestingError extends Error {
  readonly code: TestingErrorCode;

  constructor(code: TestingErrorCode, detail?: string) {
    super(detail === undefined ? testingErrors[code] : `${testingErrors[code]} (${detail})`);
    this.name = 'TestingError';
    this.code = code;
  }
}
