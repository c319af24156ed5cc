/** Every code this package throws. */
export const supervisorErrors = {
  SUPERVISOR_OPTION_INVALID: 'An option is not valid',
  SUPERVISOR_PLATFORM: 'This system cannot hand listeners to other processes',
  SUPERVISOR_PORT_IN_USE: 'Another process listens there',
  SUPERVISOR_PERMISSION: 'The system does not allow listening there',
  SUPERVISOR_BIND_FAILED: 'The listener could not be bound',
  SUPERVISOR_CONTROL_FAILED: 'The control socket could not be opened',
  SUPERVISOR_WORKER_FAILED: 'A worker did not become ready',
  SUPERVISOR_WRONG_STATE: 'That is not possible now',
  SUPERVISOR_STOPPED: 'The supervisor was stopped meanwhile',
  SUPERVISOR_REQUEST_INVALID: 'The control socket takes one line of JSON with a command',
  SUPERVISOR_UNREACHABLE: 'No supervisor answers there',
  SUPERVISOR_ABSENT: 'This process was not started by a supervisor',
  SUPERVISOR_INTERNAL: 'The supervisor has a bug',
} as const;

/** An error code of this package. */
export type SupervisorErrorCode = keyof typeof supervisorErrors;

/** The message without the code's text at its beginning. */
export function detailOf({ code, message }: Pick<SupervisorError, 'code' | 'message'>): string {
  const prefix = `${supervisorErrors[code]}: `;
  return message.startsWith(prefix) ? message.slice(prefix.length) : message;
}

const brand = Symbol.for('windhover.SupervisorError');

/** An error of this package, with a stable code. `cause` is the system's error, if there was one. */
export class SupervisorError extends Error {
  readonly code: SupervisorErrorCode;

  constructor(code: SupervisorErrorCode, detail: string, cause?: unknown) {
    super(`${supervisorErrors[code]}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'SupervisorError';
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is a `SupervisorError` of this or another copy of the package. */
  static is(value: unknown): value is SupervisorError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
