import { judgeField } from './judge-field.ts';

/** RFC 7541 §4.1 */
const ENTRY_OVERHEAD = 32;

/** A field in a table of HPACK. It is judged when it enters, so that strictness costs an indexed field nothing. */
export class TableEntry {
  readonly name: string;
  readonly value: string;
  /** The kind of the name alone, for literals that use only the name. */
  readonly nameKind: number;
  readonly kind: number;
  readonly size: number;

  constructor(name: string, value: string, nameKind: number, kind: number) {
    this.name = name;
    this.value = value;
    this.nameKind = nameKind;
    this.kind = kind;
    this.size = sizeOfField(name, value);
  }

  static judged(name: string, value: string, nameKind: number, classes: number): TableEntry {
    return new TableEntry(name, value, nameKind, judgeField(nameKind, value, classes));
  }
}

export function sizeOfField(name: string, value: string): number {
  return name.length + value.length + ENTRY_OVERHEAD;
}
