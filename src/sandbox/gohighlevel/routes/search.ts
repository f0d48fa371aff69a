import { Router } from 'express';
import { locationInBody } from '#sandbox/gohighlevel/gate.ts';
import { toHit } from '#sandbox/gohighlevel/search/hit.ts';
import { searchBody } from '#sandbox/gohighlevel/search/search-body.ts';
import type { Vendor } from '#sandbox/gohighlevel/vendor.ts';

/** HighLevel docs: POST /contacts/search, described on the page "Contacts Search API". */
export function searchRoute({ gate, searchIndex, settings }: Vendor): Router {
  return Router().post(
    '/search',
    gate({
      scope: 'contacts.readonly',
      location: locationInBody,
      body: searchBody,
      handle({ body }) {
        const { hits, total } = searchIndex.search(body);
        return { contacts: hits.map((hit) => toHit(hit, settings())), total };
      },
    }),
  );
}
