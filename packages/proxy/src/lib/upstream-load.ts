/** How much an upstream has to do. */
export interface UpstreamLoad {
  /** Requests and tunnels under way. */
  readonly active: number;
  /** All that it was given since it is known. */
  readonly total: number;
}
