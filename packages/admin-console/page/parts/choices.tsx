/** A choice of a few. */
export function Select<T extends string>({
  label,
  value,
  of,
  onChange,
}: {
  label: string;
  value: T;
  of: readonly (readonly [value: T, text: string])[];
  onChange: (value: T) => void;
}) {
  return (
    <label>
      <span class="unseen">{label}</span>
      <select class="input" value={value} onChange={({ currentTarget }) => onChange(currentTarget.value as T)}>
        {of.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Search({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <label>
      <span class="unseen">{label}</span>
      <input
        type="search"
        class="input"
        placeholder={label}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </label>
  );
}
