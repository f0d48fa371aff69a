import { describe } from '@jest/globals';
import { chromiumPath } from './browser.ts';
import { connections } from './screens/connections.ts';
import { consent } from './screens/consent.ts';
import { deletes } from './screens/deletes.ts';
import { duplicates } from './screens/duplicates.ts';
import { everyPage } from './screens/every-page.ts';
import { forms } from './screens/forms.ts';
import { health } from './screens/health.ts';
import { imports } from './screens/imports.ts';
import { inbox } from './screens/inbox.ts';
import { live } from './screens/live.ts';
import { people } from './screens/people.ts';
import { portal } from './screens/portal.ts';
import { settings } from './screens/settings.ts';
import { signingIn } from './screens/signing-in.ts';
import { viewer } from './screens/viewer.ts';
import { webhooks } from './screens/webhooks.ts';
import { setStage } from './stage.ts';

/** Said once, where no test can run. `.ci/run` installs Chromium. */
if (chromiumPath === undefined)
  console.warn('The tests of the admin pages are skipped: no Chromium is installed (apt-get install chromium).');
const describeWithBrowser = chromiumPath === undefined ? describe.skip : describe;

describeWithBrowser('the admin pages', () => {
  const stage = setStage();
  const screens = [
    signingIn,
    viewer,
    webhooks,
    portal,
    people,
    consent,
    duplicates,
    forms,
    imports,
    live,
    health,
    inbox,
    settings,
    connections,
    deletes,
    everyPage,
  ];
  for (const describeScreen of screens) describeScreen(stage);
});
