/** Which of two numbers is the day, where the text does not tell: `03/04/1985`. */
export type DateOrder = 'month-first' | 'day-first';

/**
 * A birthday as `YYYY-MM-DD`, or `--MM-DD` without a year; null for a text that is no date. Square lists `YYYY-MM-DD`, `MM-DD` and `MM-DD-YYYY`
 * (squareup.com/help/us/en/article/6632), Google and vCard 4 have `--MM-DD`, vCard 3 `YYYYMMDD` as well. With dots the day comes first.
 */
export function readBirthday(text: string, order: DateOrder): string | null {
  const date = text.trim().replace(/(?:T\d\d:?\d\d| \d\d?:\d\d).*$/, '');
  for (const [shape, toParts] of shapes) {
    const found = shape.exec(date);
    if (found) return toDate(toParts(found.slice(1), order));
  }
  return null;
}

interface DateParts {
  year: string | null;
  month: string;
  day: string;
}

type Part = string | undefined;
type ToParts = (parts: Part[], order: DateOrder) => DateParts;

const shapes: [shape: RegExp, toParts: ToParts][] = [
  [/^(\d{4})[-/.]?(\d\d?)[-/.]?(\d\d?)$/, ([year = '', month = '', day = '']) => ({ year, month, day })],
  [/^--(\d\d)-?(\d\d)$/, ([month = '', day = '']) => ({ year: null, month, day })],
  [/^(\d\d?)\.(\d\d?)\.(\d{4})?$/, ([day = '', month = '', year]) => ({ year: year ?? null, month, day })],
  [/^(\d\d?)[-/](\d\d?)(?:[-/](\d{4}))?$/, inOrder],
  [/^(\p{L}{3})\p{L}*\.? (\d\d?)(?:st|nd|rd|th)?,? (\d{4})$/u, ([name = '', day = '', year = '']) => named(name, day, year)],
  [/^(\d\d?) (\p{L}{3})\p{L}*\.? (\d{4})$/u, ([day = '', name = '', year = '']) => named(name, day, year)],
];

function inOrder([one = '', other = '', year]: Part[], order: DateOrder): DateParts {
  const isDayFirst = Number(one) > 12 || (order === 'day-first' && Number(other) <= 12);
  const [month, day] = isDayFirst ? [other, one] : [one, other];
  return { year: year ?? null, month, day };
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function named(name: string, day: string, year: string): DateParts {
  return { year, month: String(months.indexOf(name.toLowerCase()) + 1), day };
}

/** Null for a date that does not exist. Square writes the year 0000 where it is unknown, and vCard programs 1604. */
function toDate({ year, month, day }: DateParts): string | null {
  const isUnknown = year === null || year === '0000' || year === '1604';
  const monthAndDay = `${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${isUnknown ? '2000' : year}-${monthAndDay}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || !date.toISOString().includes(`-${monthAndDay}T`)) return null;
  return `${isUnknown ? '-' : year}-${monthAndDay}`;
}
