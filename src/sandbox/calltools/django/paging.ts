import { invalidPage } from './errors.ts';

/** developers.calltools.com/api-conventions: the default is 25, the maximum 250. */
const defaultPageSize = 25;
const maxPageSize = 250;

export interface Page<Row> {
  count: number;
  /** Absolute URLs. */
  next: string | null;
  previous: string | null;
  results: Row[];
}

/** Django REST Framework's list envelope. `url` is the URL of the request. `show` is called only for the rows of the page. */
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

/** Silently caps large sizes and ignores invalid ones: stock Django REST Framework. */
function pageSizeOf(raw: string | null): number {
  const size = raw !== null && /^\d+$/.test(raw) ? Number(raw) : 0;
  return size > 0 ? Math.min(size, maxPageSize) : defaultPageSize;
}

function pageOf(raw: string | null, last: number): number {
  if (raw === null) return 1;
  if (raw === 'last') return last;
  const page = /^\d+$/.test(raw) ? Number(raw) : 0;
  if (page < 1 || page > last) throw invalidPage();
  return page;
}

/** Sorts the parameters by name. The first page has no `page` parameter. */
function linkTo(url: URL, page: number): string {
  const link = new URL(url);
  if (page === 1) link.searchParams.delete('page');
  else link.searchParams.set('page', String(page));
  link.searchParams.sort();
  return link.href;
}
