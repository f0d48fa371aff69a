import { hash } from 'node:crypto';

/** The hosted page's looks. Text and borders keep a contrast of 7 to 1 and more with what is behind them. */
export const style = `
*{box-sizing:border-box}
body{margin:0;background:#fff;color:#1a1a1a;font:1.0625rem/1.5 system-ui,sans-serif}
main{max-width:38rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 1rem;overflow-wrap:anywhere}
h2{font-size:1.25rem;margin:0 0 .5rem}
p{margin:0 0 1rem;overflow-wrap:anywhere}
.lines{white-space:pre-line}
.field{margin:0 0 1.25rem}
label{display:block;font-weight:600;margin-bottom:.25rem;overflow-wrap:anywhere}
.hint{margin:0 0 .25rem;color:#4a4a4a}
.error{margin:0 0 .25rem;color:#a10b1c;font-weight:600}
input,select,textarea,button{font:inherit;color:inherit}
input:not([type=checkbox]),select,textarea{width:100%;min-height:2.75rem;padding:.5rem .6rem;background:#fff;border:2px solid #4a4a4a;border-radius:4px}
:is(input,select,textarea)[aria-invalid]{border-color:#a10b1c}
.tick{display:flex;gap:.75rem;align-items:flex-start}
.tick input{flex:none;width:1.5rem;height:1.5rem;margin:0}
.tick label{font-weight:400;margin:0}
button{min-height:2.75rem;padding:.5rem 1.5rem;border:2px solid #0b4a86;border-radius:4px;background:#0b4a86;color:#fff;font-weight:600;cursor:pointer}
.summary{border:4px solid #a10b1c;border-radius:4px;padding:1rem;margin:0 0 1.5rem}
.summary ul{margin:0;padding-left:1.25rem}
a{color:#0b4a86}
.summary a{color:#a10b1c}
:focus-visible{outline:3px solid #0b4a86;outline-offset:3px}
.summary:focus{outline:3px solid #0b4a86;outline-offset:3px}
.away{position:absolute;left:-9999px;width:1px;height:1px;overflow:hidden}
`;

/** Lets a content security policy allow this style and no other. */
export const styleHash = `'sha256-${hash('sha256', style, 'base64')}'`;
