import { calltoolsSandbox } from './calltools/index.ts';
import { gohighlevelSandbox } from './gohighlevel/index.ts';
import { googleSandbox } from './google/index.ts';
import { squareSandbox } from './square/index.ts';

/** The sandbox of every vendor. A new one is its folder and its line here. */
export const sandboxes = [gohighlevelSandbox, calltoolsSandbox, squareSandbox, googleSandbox] as const;
