/** Every code this package throws, and what went wrong. */
export const adminConsoleErrors = {
  ADMIN_CONSOLE_NOT_BUILT: { message: 'The files of the console are missing; build the package first' },
  ADMIN_CONSOLE_OPTION_INVALID: { message: 'An option of the console is not valid' },
} as const;

/** A code of this package's errors. */
export type AdminConsoleErrorCode = keyof typeof adminConsoleErrors;

/** Creates an error of the table; `detail` is added to its message. */
export function adminConsoleError(code: AdminConsoleErrorCode, detail: string): Error & { readonly code: string } {
  return Object.assign(new Error(`${adminConsoleErrors[code].message}: ${detail}`), { code });
}
