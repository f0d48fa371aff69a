import { RouterProvider } from '@tanstack/react-router';
import { mount, takeLinkToken } from './mount.tsx';
import { signIn } from './rest/session.ts';
import { router } from './router.tsx';

// A sign-in link works once; without it the page asks for a key.
const link = takeLinkToken();
if (link !== undefined) await signIn({ link }).catch(() => {});

mount(<RouterProvider router={router} />);
