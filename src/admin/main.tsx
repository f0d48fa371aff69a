import { RouterProvider } from '@tanstack/react-router';
import { mount, takeLinkToken } from './mount.tsx';
import { basePath } from './rest/base-path.ts';
import { signIn } from './rest/session.ts';
import { createAdminRouter } from './router.tsx';

// One document for both: that of a subscriber's link needs little more than the frame. Nothing waits here: its file imports this one.
if (location.pathname.startsWith(`${basePath}/portal`)) void import('./portal/main.tsx');
else void showAdmin();

async function showAdmin(): Promise<void> {
  // A sign-in link works once; without it the page asks for a key.
  const link = takeLinkToken();
  if (link !== undefined) await signIn({ link }).catch(() => {});
  mount(<RouterProvider router={createAdminRouter()} />);
}
