/** A spreadsheet evaluates a cell that begins like this. */
const formula = /^'*[=+\-@\t\r＝＋－＠]/;

/** A number with its country code is the one text with such a beginning that a spreadsheet cannot run. */
const phoneNumber = /^\+\d{6,15}$/;

/**
 * The cell with an apostrophe before it where a spreadsheet would evaluate it (owasp.org, CSV Injection). A phone number such as `+15125550143`
 * stays as it is: other programs must be able to read it, and a spreadsheet takes it for a number.
 */
export function escapeFormula(text: string): string {
  return formula.test(text) && !phoneNumber.test(text) ? `'${text}` : text;
}

/** The cell as it was before `escapeFormula`. */
export function unescapeFormula(text: string): string {
  return text.startsWith("'") && formula.test(text) ? text.slice(1) : text;
}
