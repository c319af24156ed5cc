import type { ComponentChildren } from 'preact';
import { formatNumber } from '../lib/format.ts';
import { DataTable } from './data-table.tsx';
import { Facts } from './facts.tsx';

type Row = Readonly<Record<string, unknown>>;

/** Any JSON: maps as names with values, lists of maps as tables. Counts stand beside what they count. */
export function Value({ of, name }: { of: unknown; name: string }): ComponentChildren {
  if (!isMap(of)) return Array.isArray(of) ? <List of={of} name={name} /> : <Plain of={of} />;
  const entries = Object.entries(flatten(of));
  const plain = entries.filter(([, value]) => !isMap(value) && !isTable(value));
  const nested = entries.filter(([, value]) => isMap(value) || isTable(value));
  return (
    <>
      <Facts of={plain.map(([key, value]) => [key, <Value key={key} of={value} name={key} />])} />
      {nested.map(([key, value]) => (
        <div key={key}>
          <h3>{key}</h3>
          <Value of={value} name={`${name}: ${key}`} />
        </div>
      ))}
    </>
  );
}

function List({ of, name }: { of: readonly unknown[]; name: string }) {
  if (!isTable(of)) return <>{of.length === 0 ? '–' : of.map((each) => JSON.stringify(each)).join(', ')}</>;
  const rows = (of as readonly Row[]).map(flatten);
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = keys.map((key) => ({
    title: key,
    cell: (row: Row) => <Plain of={row[key]} />,
    isNumber: rows.every((row) => typeof (row[key] ?? 0) === 'number'),
  }));
  const keyed = new Map(rows.map((row, index) => [row, index]));
  return <DataTable caption={name} columns={columns} rows={rows} rowKey={(row) => keyed.get(row)!} />;
}

function Plain({ of }: { of: unknown }) {
  if (of === null || of === undefined || of === '') return <>–</>;
  if (typeof of === 'number') return <>{formatNumber(of)}</>;
  if (typeof of === 'boolean') return <>{of ? 'yes' : 'no'}</>;
  return <>{typeof of === 'string' ? of : JSON.stringify(of)}</>;
}

function flatten({ counts, ...others }: Row): Row {
  return isMap(counts) ? { ...others, ...counts } : others;
}

function isMap(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTable(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isMap);
}
