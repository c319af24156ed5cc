let lastId = 0;

/** A number that is unique among the connections of this process, whatever their driver. */
export function nextConnectionId(): number {
  lastId += 1;
  return lastId;
}
