import { stat } from 'node:fs/promises';
import { describeFile } from './describe-file.ts';

/** No configuration is larger: this is a log, or an image, that somebody has named by mistake. */
const maxBytes = 1_048_576;

/** Why a configuration file is not read at all, `''` if it may be: a pipe that nobody writes into would never end. Whether it is there is not asked. */
export async function checkConfigFile(file: string): Promise<string> {
  const stats = await stat(file).catch(() => null);
  if (stats === null) return '';
  if (!stats.isFile()) return `${file}: expected a configuration file, found ${describeFile(stats)}.`;
  if (stats.size <= maxBytes) return '';
  return `${file}: expected a configuration file of at most ${maxBytes} bytes, found ${stats.size}.`;
}
