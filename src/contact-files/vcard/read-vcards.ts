import type { RowProblem } from '#contact-files/file-problem.ts';
import { FileProblem } from '#contact-files/file-problem.ts';
import type { ContactFile, FileRow } from '#contact-files/file-row.ts';
import { toValues } from '#contact-files/to-values.ts';
import { type CardLine, readCardLines } from './read-lines.ts';
import { type CardProperty, type CardVersion, readProperty } from './read-property.ts';
import { contactIdProperty, doNotContactProperty, extraProperty, sourceProperty, toRawContact } from './to-raw-contact.ts';

export interface VcardOptions {
  defaultRegion: string;
  /** The names of the extras in accord.yaml. */
  extras: readonly string[];
}

/** Opens a file of vCards, version 2.1, 3.0 or 4.0. Cards are read one by one. Throws a `FileProblem`. */
export function openVcards(bytes: AsyncIterable<Uint8Array>, options: VcardOptions): ContactFile {
  return { format: 'vcard', header: null, rows: readCards(bytes, options) };
}

/** More lines than any contact has. */
const maxLines = 2_000;

async function* readCards(bytes: AsyncIterable<Uint8Array>, options: VcardOptions): AsyncGenerator<FileRow, void> {
  const isOfInterest = toFilter(options.extras);
  let card: { line: number; lines: CardLine[]; depth: number } | null = null;
  for await (const line of readCardLines(bytes)) {
    if (/^BEGIN:VCARD\s*$/i.test(line.text)) {
      // A card may hold another one, as its agent: that is another person.
      if (card === null) card = { line: line.line, lines: [], depth: 1 };
      else card.depth += 1;
    } else if (card !== null && /^END:VCARD\s*$/i.test(line.text)) {
      card.depth -= 1;
      if (card.depth > 0) continue;
      yield readCard(card, { ...options, isOfInterest });
      card = null;
    } else if (card !== null && card.depth === 1 && card.lines.length < maxLines) {
      card.lines.push(line);
    }
  }
  if (card !== null)
    throw new FileProblem(
      `The card on line ${card.line} has no END:VCARD: the file was cut off. Export it again, and import that file.`,
    );
}

const names = [
  ...['fn', 'n', 'org', 'title', 'email', 'tel', 'adr', 'bday', 'note', 'categories', 'x-ablabel'],
  ...[contactIdProperty, doNotContactProperty, sourceProperty].map((name) => name.toLowerCase()),
];
/** Matches the lines of properties that are imported. Extras that accord.yaml does not name are left out. */
function toFilter(extras: readonly string[]): RegExp {
  const wanted = [...names, ...extras.map(extraProperty)];
  return new RegExp(`^(?:[\\w-]+\\.)?(${wanted.join('|')})[;:]`, 'i');
}

function readCard(
  { line, lines }: { line: number; lines: readonly CardLine[] },
  { defaultRegion, isOfInterest }: { defaultRegion: string; isOfInterest: RegExp },
): FileRow {
  const version = findVersion(lines);
  const problems: RowProblem[] = [];
  const properties: CardProperty[] = [];
  for (const each of lines) {
    const [, name] = isOfInterest.exec(each.text) ?? [];
    if (name === undefined) continue;
    const property = readProperty(each.text, version);
    if (property) properties.push(property);
    else
      problems.push({
        column: name.toUpperCase(),
        message: `Line ${each.line} cannot be read, and is left out. Correct it, and import the card again.`,
      });
  }
  const raw = toRawContact(properties);
  const isOurs = raw.contactId !== null;
  const read = toValues(raw, { defaultRegion, dateOrder: 'month-first', isOurs });
  const contactId = isOurs && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(raw.contactId ?? '') ? raw.contactId : null;
  return { line, values: read.values, contactId, problems: [...read.problems, ...problems], cells: null };
}

function findVersion(lines: readonly CardLine[]): CardVersion {
  const [, version] = lines.map(({ text }) => /^VERSION:\s*(\d\.\d)/i.exec(text)).find((found) => found !== null) ?? [];
  return version === '4.0' || version === '2.1' ? version : '3.0';
}
