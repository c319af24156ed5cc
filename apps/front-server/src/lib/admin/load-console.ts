import type { Handler, HttpContext } from '@windhover/core';

/** The page for browsers. It is loaded when a configuration asks for it. */
export async function loadConsole(): Promise<Handler<HttpContext>> {
  const { createConsoleHandler } = await import('@windhover/admin-console');
  return createConsoleHandler();
}
