/** An error that the author of the application can fix. It is shown without a stack trace of this server. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code = 'APP_INVALID';
}
