import { Router } from 'express';
import type { Vendor } from '#sandbox/gohighlevel/vendor.ts';

/** HighLevel docs: apps/locations.json. Only one boolean of the duplicate settings can be read. */
export function locationRoutes({ gate, settings, customFields }: Vendor): Router {
  const router = Router();
  router.get(
    '/:id',
    gate({
      scope: 'locations.readonly',
      location: ({ params }) => params.id,
      handle({ grant }) {
        const { allowDuplicateContact, defaultCountry, locationName: name } = settings();
        const location = {
          id: grant.locationId,
          name,
          country: defaultCountry,
          timezone: 'America/New_York',
        };
        return { location: { ...location, settings: { allowDuplicateContact } } };
      },
    }),
  );
  router.get(
    '/:id/customFields',
    gate({
      scope: 'locations/customFields.readonly',
      location: ({ params }) => params.id,
      handle: ({ grant }) => ({ customFields: customFields.all().filter(({ locationId }) => locationId === grant.locationId) }),
    }),
  );
  return router;
}
