/** Where a poll continues: the provider's cursor of the next page, and the mark since which changes are listed. */
export interface PollPosition {
  since: string | null;
  cursor: string;
}
