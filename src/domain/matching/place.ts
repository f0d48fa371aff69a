import type { PostalAddress } from '#domain/values.ts';
import { differByTypo, toSpelling } from './spelling.ts';
import type { EvidenceKind } from './weights.ts';

/** A postal address, taken apart for comparison. Absent parts are empty. */
export interface Place {
  /** House, flat and unit numbers, sorted. */
  numbers: string[];
  /** The words of the street without its kind: Oak Street and Oak St. are one. */
  street: string;
  city: string;
  postcode: string;
}

export type PlaceRelation = Extract<EvidenceKind, `address-${string}`>;

export function toPlace({ street, city, postalCode }: PostalAddress): Place | null {
  const words = (street ?? '')
    .split(/[\s,./#-]+/)
    .map(toSpelling)
    .filter((word) => word !== '');
  const place = {
    numbers: [...new Set(words.filter((word) => /\d/.test(word)))].toSorted(),
    street: words.filter((word) => !/\d/.test(word) && !streetKinds.has(word)).join(''),
    city: toSpelling(city ?? ''),
    postcode: toPostcode(postalCode),
  };
  return place.street + place.city + place.postcode === '' ? null : place;
}

/** The closest relation between the addresses of two parties; null when one of them has none. */
export function comparePlaces(ours: readonly Place[], theirs: readonly Place[]): PlaceRelation | null {
  const found = ours.flatMap((one) => theirs.map((other) => comparePlace(one, other)));
  return order.find((relation) => found.includes(relation)) ?? null;
}

const order = ['address-same', 'address-street', 'address-postcode', 'address-city', 'address-other'] as const;

function comparePlace(a: Place, b: Place): PlaceRelation | null {
  const areIn = (part: 'city' | 'postcode') => a[part] !== '' && b[part] !== '' && isAlike(a[part], b[part]);
  const isOneArea = areIn('postcode') || areIn('city');
  const isOneStreet = a.street !== '' && b.street !== '' && isAlike(a.street, b.street);
  const isOneHouse = a.numbers.some((number) => b.numbers.includes(number));
  const isAreaKnown = (a.postcode !== '' && b.postcode !== '') || (a.city !== '' && b.city !== '');
  if (isOneStreet && isOneHouse && (isOneArea || !isAreaKnown)) return 'address-same';
  if (isOneStreet && isOneArea && (a.numbers.length === 0 || b.numbers.length === 0)) return 'address-street';
  if (a.postcode !== '' && a.postcode === b.postcode) return 'address-postcode';
  if (areIn('city')) return 'address-city';
  return isAreaKnown ? 'address-other' : null;
}

function isAlike(a: string, b: string): boolean {
  return a === b || differByTypo(a, b);
}

/** The five digits of a ZIP+4, and the letters of others. */
function toPostcode(raw: string | null): string {
  const code = toSpelling(raw ?? '');
  return /^\d{9}$/.test(code) ? code.slice(0, 5) : code;
}

const streetKinds = new Set(
  `street st str strasse avenue ave av road rd lane ln drive dr drv boulevard blvd bd court ct crt place pl circuit cct crescent cres crt
close cl terrace tce ter parade pde highway hwy way square sq north south east west n s e w ne nw se sw rue calle via avenida
unit apt apartment flat suite ste no floor fl level lot ul ulica`.split(/\s+/),
);
