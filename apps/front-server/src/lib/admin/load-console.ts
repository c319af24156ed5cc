import type { Handler, HttpContext } from '@windhover/core';

/** The page for browsers; `null`: it is not installed. */
export async function loadConsole(): Promise<Handler<HttpContext> | null> {
  const name: string = '@windhover/admin-console';
  try {
    const { createConsoleHandler } = (await import(name)) as { createConsoleHandler(): Handler<HttpContext> };
    return createConsoleHandler();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}
