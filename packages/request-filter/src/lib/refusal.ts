import { type RequestFilterErrorCode, requestFilterErrors } from './errors.ts';

/** Why a request is refused. Only the status is sent to the client. */
export interface Refusal {
  readonly code: RequestFilterErrorCode;
  /** The status that the client gets. */
  readonly status: number;
  /** The sub-status of IIS, for logs and error pages; 0: there is none. */
  readonly subStatus: number;
  /** The rule that matched, such as `hidden segment bin`. */
  readonly rule: string;
}

/** Makes a refusal of the table. */
export function refusal(code: RequestFilterErrorCode, rule: string): Refusal {
  const { status, subStatus } = requestFilterErrors[code];
  return { code, status, subStatus, rule };
}
