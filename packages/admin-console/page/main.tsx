import { render } from 'preact';
import { resumeSession } from './api/server.ts';
import { App } from './app.tsx';
import { applyTheme } from './parts/theme.tsx';

applyTheme();
render(<App />, document.getElementById('app')!);
void resumeSession();
