import { invalidPage } from './errors.ts';

/** developers.calltools.com/api-conventions: 25 by default, 250 at most. */
const defaultPageSize = 25;
const maximumPageSize = 250;

export interface Page<Row> {
  count: number;
  /** Absolute URLs. */
  next: string | null;
  previous: string | null;
  results: Row[];
}

/** The list envelope of Django REST Framework. `url` is that of the request, `show` is called for the rows of the page alone. */
export function paginate<Row, Shown>(rows: Row[], url: URL, show: (row: Row) => Shown): Page<Shown> {
  const size = pageSizeOf(url.searchParams.get('page_size'));
  const last = Math.max(1, Math.ceil(rows.length / size));
  const page = pageOf(url.searchParams.get('page'), last);
  return {
    count: rows.length,
    next: page < last ? linkTo(url, page + 1) : null,
    previous: page > 1 ? linkTo(url, page - 1) : null,
    results: rows.slice((page - 1) * size, page * size).map(show),
  };
}

/** Too much is capped and nonsense ignored, both without a word: stock Django REST Framework. */
function pageSizeOf(raw: string | null): number {
  const size = raw !== null && /^\d+$/.test(raw) ? Number(raw) : 0;
  return size > 0 ? Math.min(size, maximumPageSize) : defaultPageSize;
}

function pageOf(raw: string | null, last: number): number {
  if (raw === null) return 1;
  if (raw === 'last') return last;
  const page = /^\d+$/.test(raw) ? Number(raw) : 0;
  if (page < 1 || page > last) throw invalidPage();
  return page;
}

/** Parameters come out sorted by name, and the first page has no `page` at all. */
function linkTo(url: URL, page: number): string {
  const link = new URL(url);
  if (page === 1) link.searchParams.delete('page');
  else link.searchParams.set('page', String(page));
  link.searchParams.sort();
  return link.href;
}
