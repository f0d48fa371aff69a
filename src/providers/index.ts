import { calltools } from './calltools/index.ts';
import { gohighlevel } from './gohighlevel/index.ts';
import type { Provider } from './provider.ts';

export { calltools, gohighlevel };

/** Every system that Accord keeps in step. A new one is its folder and its line here. */
export const providers: readonly Provider[] = [gohighlevel, calltools];
