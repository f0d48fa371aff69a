import { pickFields } from '#domain/contact.ts';
import { identifyingFields } from '#domain/matching/profile.ts';
import { fitValues as fitToCallTools } from '#providers/calltools/fit-values.ts';
import { accountSchema as callTools } from '#providers/calltools/settings.ts';
import { fitValues as fitToGoHighLevel } from '#providers/gohighlevel/fit-values.ts';
import { accountSchema as goHighLevel } from '#providers/gohighlevel/settings.ts';
import { fitValues as fitToGoogle } from '#providers/google/fit-values.ts';
import { accountSchema as google } from '#providers/google/settings.ts';
import { fitValues as fitToSquare } from '#providers/square/fit-values.ts';
import type { LabelledRecord } from './people.ts';
import { toRandom } from './shuffle.ts';

type FitValues = (values: LabelledRecord['values']) => LabelledRecord['values'];

/** What each vendor can store of a person. */
const vendors: readonly FitValues[] = [
  fitToSquare,
  (values) => fitToGoogle(values, google.parse({})),
  (values) => fitToGoHighLevel(values, goHighLevel.parse({})),
  (values) => fitToCallTools(values, callTools.parse({})),
];

/**
 * The records as they are when each stands at one of four vendors, chosen by the seed: some people have several at one vendor, and most
 * vendors keep one email and one phone number.
 */
export function spreadOverVendors(people: readonly LabelledRecord[], seed: number): LabelledRecord[] {
  const random = toRandom(seed);
  return people.map((record) => {
    const fitTo = vendors[Math.floor(random() * vendors.length)] ?? fitToSquare;
    return { ...record, values: pickFields(fitTo(record.values), identifyingFields) };
  });
}
