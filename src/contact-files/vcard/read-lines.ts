/** A line of a vCard with its continuations, as latin1: a continuation may begin in the middle of a character. */
export interface CardLine {
  /** Its first line in the file. */
  line: number;
  text: string;
}

/** A longer line is cut off. Its property is not imported: pictures, sounds and keys are that long. */
const maxLineLength = 50_000;

/** Joins the lines of a file that belong together: folded ones, and those of quoted-printable values, which end with `=`. */
export async function* readCardLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<CardLine, void> {
  let current: CardLine | null = null;
  for await (const { line, text } of readPhysicalLines(bytes)) {
    const isSoftBreak = current !== null && isContinued(current.text);
    const isFolded = /^[ \t]/.test(text);
    if (current !== null && (isSoftBreak || isFolded)) {
      const before: string = isSoftBreak ? current.text.slice(0, -1) : current.text;
      current = { line: current.line, text: cut(before + (isFolded ? text.slice(1) : text)) };
    } else {
      if (current !== null) yield current;
      current = { line, text };
    }
  }
  if (current !== null) yield current;
}

function isContinued(text: string): boolean {
  return text.endsWith('=') && /ENCODING=QUOTED-PRINTABLE/i.test(text);
}

const cut = (text: string): string => text.slice(0, maxLineLength);

async function* readPhysicalLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<CardLine, void> {
  let rest = '';
  let line = 0;
  for await (const chunk of bytes) {
    const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n');
    rest = cut(lines.pop() ?? '');
    for (const text of lines) yield { line: ++line, text: cut(text).replace(/\r$/, '') };
  }
  if (rest !== '') yield { line: line + 1, text: rest.replace(/\r$/, '') };
}
