/** A file that cannot be imported as a whole. The message is for people: it names the problem and the remedy. */
export class FileProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FileProblem';
  }
}

/** Something in a row that is not imported. */
export interface RowProblem {
  /** The column of a CSV file or the property of a vCard; null where it is the whole row. */
  column: string | null;
  /** A sentence that names the problem and the remedy. */
  message: string;
}
