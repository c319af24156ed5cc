import type { ComponentChildren } from 'preact';

interface PageProps {
  readonly title: string;
  /** One line about what is shown. */
  readonly lead?: ComponentChildren;
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A page: its heading, which navigation moves the focus to, and its content. */
export function Page({ title, lead, tools, children }: PageProps) {
  return (
    <>
      <header class="page-head">
        <div>
          <h1 id="page-title" tabIndex={-1}>
            {title}
          </h1>
          {lead !== undefined && <p class="lead">{lead}</p>}
        </div>
        {tools !== undefined && <div class="tools">{tools}</div>}
      </header>
      {children}
    </>
  );
}

interface CardProps {
  readonly title: ComponentChildren;
  readonly tools?: ComponentChildren;
  readonly isFlush?: boolean;
  readonly children: ComponentChildren;
}

/** A part of a page, with a heading. `isFlush`: its content has its own margins, as a table does. */
export function Card({ title, tools, isFlush = false, children }: CardProps) {
  return (
    <section class="card">
      <header class="card-head">
        <h2>{title}</h2>
        {tools !== undefined && <div class="tools">{tools}</div>}
      </header>
      <div class={isFlush ? 'card-body flush' : 'card-body'}>{children}</div>
    </section>
  );
}
