/** One thing that is wrong, as `GET /api/v1/findings` has it. */
export interface Finding {
  check: string;
  severity: 'error' | 'warning' | 'note';
  /** One sentence. */
  says: string;
  /** What to do; null when there is nothing to do. */
  fix: string | null;
}
