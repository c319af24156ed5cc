import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';

/** Why a file cannot be replaced; `null`: it can. */
export function editObstacle(file: string): string | null {
  if (!/\.(?:ya?ml|json)$/i.test(file)) return 'it is a module: edit it in its repository';
  try {
    accessSync(file, constants.W_OK);
    accessSync(dirname(file), constants.W_OK);
    return null;
  } catch (error) {
    return `it cannot be written: ${(error as Error).message}`;
  }
}
