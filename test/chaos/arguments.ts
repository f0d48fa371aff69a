import { InvalidArgumentError } from 'commander';

/** The number of an option. Throws what Commander shows. */
export function toNumber(text: string): number {
  const value = Number(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError('It must be a number.');
}
