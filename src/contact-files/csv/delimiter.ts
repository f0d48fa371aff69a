const delimiters = [',', ';', '\t', '|'];

/** The delimiter that the first line has most often outside of quotes. A comma for a line with none of them. */
export function findDelimiter(start: string): string {
  const [line = ''] = start
    .replaceAll(/"(?:[^"]|"")*"/g, '')
    .trimStart()
    .split(/[\r\n]/);
  const counts = delimiters.map((delimiter) => line.split(delimiter).length - 1);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}
