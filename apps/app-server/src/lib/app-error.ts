/** Something about the application that its author can mend: shown without a stack of ours. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code = 'APP_INVALID';
}
