/** The position at which a poll continues: the cursor of the next page, and the mark since which changes are listed. */
export interface PollPosition {
  since: string | null;
  cursor: string;
}
