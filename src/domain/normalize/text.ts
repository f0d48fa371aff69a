/** One trimmed line of text without invisible characters, with single spaces. Null when blank. */
export function normalizeLine(raw: string | null | undefined): string | null {
  if (raw && plainLine.test(raw)) return raw;
  const line = dropInvisible((raw ?? '').normalize('NFC'))
    .replace(whiteSpace, ' ')
    .trim();
  return line === '' ? null : line;
}

/** Text of several lines, without characters that PostgreSQL or a vendor refuses; line breaks are `\n`. Null when blank. */
export function normalizeText(raw: string | null | undefined): string | null {
  const text = dropInvisible((raw ?? '').normalize('NFC'))
    .replace(/\r\n?/g, '\n')
    .replace(controls, '')
    .trim();
  return text === '' ? null : text;
}

/**
 * Removes invisible characters: Unicode's default-ignorable ones and format controls (zero-width characters, direction marks
 * and isolates, soft hyphens, byte-order marks), and lone surrogates. Joiners and variation
 * selectors stay where they change the rendering: inside emoji, and between letters of scripts that join, such as Persian and Hindi.
 */
export function dropInvisible(text: string): string {
  return text.replace(loneSurrogates, '').replace(invisible, (found, offset: number, whole: string) => {
    const [before, after] = [lastCharacter(whole.slice(0, offset)), firstCharacter(whole.slice(offset + found.length))];
    if (joiners.test(found)) return joins(before, after) ? found : '';
    if (variationSelectors.test(found)) return pictures.test(before) || ideographs.test(before) ? found : '';
    // The letters of subdivision flags, such as that of Scotland.
    return flagTags.test(found) && /\u{1f3f4}/u.test(whole) ? found : '';
  });
}

function joins(before: string, after: string): boolean {
  return (
    (pictures.test(before) && pictures.test(after)) ||
    (joiningLetters.test(before) && (joiningLetters.test(after) || after === ''))
  );
}

function firstCharacter(text: string): string {
  return text.slice(0, 2).isWellFormed() ? (text[Symbol.iterator]().next().value ?? '') : (text[0] ?? '');
}

function lastCharacter(text: string): string {
  return [...text.slice(-2)].at(-1) ?? '';
}

/** Whether a text only says that a value is missing, such as `n/a`, `none` or `-`. */
export function saysNothing(text: string): boolean {
  return noValue.has(caseFold(text).replace(/[^\p{L}\p{N}]/gu, ''));
}

const noValue = new Set(
  [
    '',
    'none',
    'na',
    'noemail',
    'nomail',
    'nophone',
    'nonumber',
    'unknown',
    'notavailable',
    'notprovided',
    'notapplicable',
  ].concat([
    'keine',
    'keinemail',
    'keinenummer',
    'unbekannt',
    'aucun',
    'inconnu',
    'ninguno',
    'sincorreo',
    'sintelefono',
    'nessuno',
    'nenhum',
  ]),
);

/** For comparison, never for storage: ignores case, so that `ß` equals `SS`. */
export function caseFold(text: string): string {
  if (plain.test(text)) return text.toLowerCase();
  return text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}

/** Like `caseFold`, and ignores accents: `José` equals `JOSE`. */
export function foldText(text: string): string {
  return caseFold(text).normalize('NFKD').replace(marks, '');
}

/** Most texts are plain ASCII, which every rule leaves as it is: a test is faster than the rules. */
const plain = /^[ -~]*$/;
const plainLine = /^[!-~]+(?: [!-~]+)*$/;
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
const loneSurrogates = /\p{Cs}/gu;
const joiners = /^[\u200c\u200d]$/;
const variationSelectors = /^[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]$/u;
const flagTags = /^[\u{e0020}-\u{e007f}]$/u;
const pictures = /^(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}#*0-9]|\ufe0f|\u20e3)$/u;
const ideographs = /^\p{Ideographic}$/u;
/** Scripts in which a joiner changes how a word looks or reads. */
const joiningLetters =
  /^[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}]$/u;
/** Control characters separate words as white space does: a name pasted from a spreadsheet contains tabs and line feeds. */
const whiteSpace = /[\s\p{Cc}]+/gu;
const controls = /[^\P{Cc}\n\t]/gu;
const marks = /\p{M}/gu;
