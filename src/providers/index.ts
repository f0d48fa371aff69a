import { calltools } from './calltools/index.ts';
import { gohighlevel } from './gohighlevel/index.ts';
import { google } from './google/index.ts';
import type { Provider } from './provider.ts';
import { square } from './square/index.ts';
import { webform } from './web-form/index.ts';

export { calltools, gohighlevel, google, square, webform };

/** Every provider. To add one, create its folder and add it here. */
export const providers: readonly Provider[] = [gohighlevel, calltools, square, google, webform];
