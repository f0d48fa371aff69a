import anyAscii from 'any-ascii';
import { normalizeLine } from '#domain/normalize/text.ts';
import { differByTypo } from './spelling.ts';

/** A company's name for comparison: in ASCII, without its legal form and without `the` and `and`; null when nothing is left. */
export function toCompanyName(raw: string | null | undefined): string | null {
  const text = anyAscii((normalizeLine(raw) ?? '').normalize('NFKC'))
    .toLowerCase()
    .replace(/['.]/g, '');
  const words = text.split(/[^a-z\d]+/).filter((word) => word !== '' && !fillers.has(word));
  const named = words.filter((word) => !legalForms.has(word));
  return named.length === 0 ? words.join(' ') || null : named.join(' ');
}

/** `Acme` and `Acme Plumbing`, or a typo. */
export function areNearCompanies(a: string, b: string): boolean {
  if (differByTypo(a.replaceAll(' ', ''), b.replaceAll(' ', ''))) return true;
  const [shorter, longer] = [a.split(' '), b.split(' ')].sort((one, other) => one.length - other.length);
  return (
    shorter !== undefined &&
    longer !== undefined &&
    shorter.join('').length >= 4 &&
    shorter.every((word, at) => longer[at] === word)
  );
}

const fillers = new Set(['the', 'and', 'und', 'et', 'y', 'e']);
/** Of the countries that most often appear in business names. */
const legalForms = new Set(
  `inc incorporated llc lc ltd limited co corp corporation company plc llp lp pc pllc pty gmbh mbh ag kg ohg gbr ug ek ev kgaa
sa sas sarl sasu eurl srl spa snc sapa sl slu cv bv nv vof bvba ab as asa aps oy oyj kft zrt doo sro spzoo zoo sp ltda me eireli pte sdn bhd
kk pvt private`.split(/\s+/),
);
