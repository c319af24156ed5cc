import { stat } from 'node:fs/promises';
import { describeFile } from './describe-file.ts';

/** No configuration is larger: such a file is a log or an image that was named by mistake. */
const maxBytes = 1_048_576;

/**
 * Returns why a configuration file must not be read, or `''` if it may be. For example, reading a pipe that nobody writes to would never
 * end. A missing file is not reported here.
 */
export async function checkConfigFile(file: string): Promise<string> {
  const stats = await stat(file).catch(() => null);
  if (stats === null) return '';
  if (!stats.isFile()) return `${file}: expected a configuration file, found ${describeFile(stats)}.`;
  if (stats.size <= maxBytes) return '';
  return `${file}: expected a configuration file of at most ${maxBytes} bytes, found ${stats.size}.`;
}
