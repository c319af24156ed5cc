let lastId = 0;

/** A number that no other connection of this process has, whatever its driver. */
export function nextConnectionId(): number {
  lastId += 1;
  return lastId;
}
