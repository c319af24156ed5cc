/** Remembers the last ids that were added, as many as it has places. The memory is there once the first is added. */
export class RememberedIds {
  readonly #places: number;
  #ids: Uint32Array | null = null;
  #next = 0;

  constructor(places: number) {
    this.#places = places;
  }

  add(id: number): void {
    this.#ids ??= new Uint32Array(this.#places);
    this.#ids[this.#next] = id;
    this.#next = (this.#next + 1) % this.#places;
  }

  has(id: number): boolean {
    return this.#ids?.includes(id) ?? false;
  }
}
