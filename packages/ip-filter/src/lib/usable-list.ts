import { ipFilterError } from './errors.ts';
import type { NetworkTable } from './network-table.ts';
import { formatFaults, parseIpList } from './parse-ip-list.ts';

/**
 * Parses a list that is to replace another. Throws `IP_FILTER_LIST_INVALID` if a line cannot be used, or if it is empty and the old one was not:
 * a file or an answer that was cut would otherwise let everybody in.
 *
 * @param name the file or URL, for messages
 * @param old the list in use; `null`: there is none, or an empty one may replace it
 */
export async function usableList(text: string, name: string, old: NetworkTable | null): Promise<NetworkTable> {
  const { table, faults } = await parseIpList(text);
  if (faults !== null) throw ipFilterError('IP_FILTER_LIST_INVALID', `${name}: ${formatFaults(faults)}`);
  if (table.size === 0 && old !== null && old.size > 0)
    throw ipFilterError('IP_FILTER_LIST_INVALID', `${name}: it is empty, and was not before; mayBeEmpty allows that`);
  return table;
}
