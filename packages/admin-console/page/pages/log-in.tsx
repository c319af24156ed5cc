import { useEffect, useRef, useState } from 'preact/hooks';
import { logIn } from '../api/server.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorNote } from '../parts/notes.tsx';
import { Mark } from '../parts/shell.tsx';
import { ThemeSwitch } from '../parts/theme.tsx';

/** The log-in: by name and password, or with a token. */
export function LogIn({ note }: { note: string | null }) {
  const [kind, setKind] = useState<'user' | 'token'>('user');
  const action = useAction();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = 'Log in · Windhover';
    first.current?.focus();
  }, []);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => String(fields.get(name) ?? '');
    const credentials =
      kind === 'token' ? { token: text('token').trim() } : { user: text('user').trim(), password: text('password') };
    void action.run(() => logIn(credentials)).then((isIn) => isIn || first.current?.focus());
  };
  const isUser = kind === 'user';
  return (
    <main class="login">
      <form class="card login-card" onSubmit={submit}>
        <div class="login-head">
          <Mark />
          <h1>Windhover</h1>
          <ThemeSwitch />
        </div>
        {note !== null && (
          <p class="note info" role="status">
            {note}
          </p>
        )}
        {action.error !== null && <ErrorNote text={action.error} />}
        {isUser ? <UserFields key="user" first={first} /> : <TokenField key="token" first={first} />}
        <button type="submit" class="button primary" disabled={action.isRunning}>
          {action.isRunning ? 'Logging in …' : 'Log in'}
        </button>
        <button type="button" class="link" onClick={() => setKind(isUser ? 'token' : 'user')}>
          {isUser ? 'Use a token instead' : 'Use name and password instead'}
        </button>
      </form>
    </main>
  );
}

type First = { readonly first: { current: HTMLInputElement | null } };

function UserFields({ first }: First) {
  return (
    <>
      <label class="field">
        Name
        <input ref={first} name="user" autocomplete="username" autocapitalize="none" spellcheck={false} required />
      </label>
      <label class="field">
        Password
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
    </>
  );
}

function TokenField({ first }: First) {
  return (
    <label class="field">
      Token
      <input ref={first} name="token" type="password" autocomplete="off" required />
    </label>
  );
}
