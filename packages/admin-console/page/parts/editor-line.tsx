import { Component } from 'preact';
import { highlightLine } from '../lib/highlight-yaml.ts';

interface EditorLineProps {
  readonly number: number;
  readonly text: string;
  readonly mark: string;
}

/** A coloured line. It is drawn again only if it has changed: a long configuration stays quick to type in. */
export class EditorLine extends Component<EditorLineProps> {
  override shouldComponentUpdate({ number, text, mark }: EditorLineProps): boolean {
    return number !== this.props.number || text !== this.props.text || mark !== this.props.mark;
  }

  override render({ number, text, mark }: EditorLineProps) {
    return (
      <div class={`editor-line ${mark}`}>
        <span class="editor-number">{number}</span>
        <code>
          {highlightLine(text).map((token) =>
            token.kind === null ? token.text : <span class={`code-${token.kind}`}>{token.text}</span>,
          )}
        </code>
      </div>
    );
  }
}
