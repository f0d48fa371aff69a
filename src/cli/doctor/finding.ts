/** One thing that is wrong, as `GET /api/v1/findings` has it. */
export interface Finding {
  check: string;
  severity: 'error' | 'warning' | 'note';
  /** One sentence. */
  says: string;
  /** The remedy; null when nothing needs to be done. */
  fix: string | null;
}
