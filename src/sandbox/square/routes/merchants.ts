import { Router } from 'express';
import { notFound } from '#sandbox/square/api-error.ts';
import type { Vendor } from '#sandbox/square/vendor.ts';

/** Square docs (Merchants API): `me` is the merchant of the token. */
export function merchantRoutes({ gate, settings }: Vendor): Router {
  return Router().get(
    '/:id',
    gate({
      needs: 'MERCHANT_PROFILE_READ',
      handle({ request }) {
        const { merchantId: id, businessName: business_name, sellerCountry: country } = settings();
        if (request.params.id !== 'me' && request.params.id !== id) throw notFound('Merchant not found.');
        return { merchant: { id, business_name, country, language_code: 'en-US', currency: 'USD', status: 'ACTIVE' } };
      },
    }),
  );
}
