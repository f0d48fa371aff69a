const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows = new TextDecoder('windows-1252');

/**
 * The text of bytes that came as a latin1 string: UTF-8 where they are valid UTF-8, else windows-1252, which old spreadsheets write. Each
 * text decides for itself, so nothing has to be known about the rest of the file.
 */
export function decodeText(bytes: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every ASCII text is the same in both encodings.
  if (/^[\x00-\x7f]*$/.test(bytes)) return withoutNul(bytes);
  const buffer = Buffer.from(bytes, 'latin1');
  try {
    return withoutNul(utf8.decode(buffer));
  } catch {
    return withoutNul(windows.decode(buffer));
  }
}

/** PostgreSQL cannot store NUL. */
const withoutNul = (text: string): string => text.replaceAll('\0', '');
