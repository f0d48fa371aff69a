import { RouterProvider } from '@tanstack/react-router';
import { mount, takeLinkToken } from '#admin/mount.tsx';
import { ask, rest } from '#admin/rest/client.ts';
import { portalRouter } from './router.tsx';

// Without it, an earlier visit's cookie may still open the page.
const link = takeLinkToken();
if (link !== undefined) await ask(rest.POST('/api/v1/portal/session', { body: { link } })).catch(() => {});

mount(<RouterProvider<typeof portalRouter> router={portalRouter} />);
