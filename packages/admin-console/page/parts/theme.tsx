import { useEffect } from 'preact/hooks';
import { useStore } from '../api/use-store.ts';
import { createStore } from '../lib/store.ts';
import { Icon } from './icon.tsx';

type Theme = 'auto' | 'light' | 'dark';

const storageKey = 'windhover.theme';
const next: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };
const icons = { auto: 'auto', light: 'sun', dark: 'moon' } as const;

export const theme = createStore<Theme>(readTheme());
/** Counts changes of what is seen, the system's included: plots draw with colours of their own. */
export const themeEdition = createStore(0);

function readTheme(): Theme {
  const stored = localStorage.getItem(storageKey);
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

export function applyTheme(): void {
  const { value } = theme;
  if (value === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = value;
  themeEdition.set(themeEdition.value + 1);
}

export function ThemeSwitch() {
  const value = useStore(theme);
  useEffect(() => {
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', applyTheme);
    return () => system.removeEventListener('change', applyTheme);
  }, []);
  const change = (): void => {
    theme.set(next[value]);
    localStorage.setItem(storageKey, theme.value);
    applyTheme();
  };
  return (
    <button type="button" class="button quiet" onClick={change} title={`Colours: ${value}`}>
      <Icon name={icons[value]} />
      <span class="unseen">
        Colours: {value}. Change to {next[value]}
      </span>
    </button>
  );
}
