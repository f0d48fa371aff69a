/** No vendor publishes the limit of its note. This is well below what integrators report as accepted. */
const maxLength = 20_000;

/** The note with one more entry below; unchanged when it would be too long, so that the text of a person is never cut. */
export function appendEntry(note: string | null, entry: string): string | null {
  const longer = note?.trim() ? `${note.trimEnd()}\n\n${entry}` : entry;
  return longer.length > maxLength ? note : longer;
}
