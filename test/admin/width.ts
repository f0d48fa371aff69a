import type { Page } from 'playwright-core';

/** The elements that stick out to the right where the document scrolls sideways, one line each; none where it fits. */
export function findWide(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(script);
}

// Elements inside a box that clips or scrolls do not widen the document.
const script = `(() => {
  const { scrollWidth } = document.documentElement;
  if (scrollWidth <= window.innerWidth) return [];
  const right = (element) => Math.ceil(element.getBoundingClientRect().right + window.scrollX);
  const isClipped = (element) => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
      if (getComputedStyle(box).overflowX !== 'visible') return true;
    return false;
  };
  const wide = [...document.body.querySelectorAll('*')].filter((each) => right(each) > window.innerWidth && !isClipped(each));
  const say = (each) => each.outerHTML.slice(0, 160) + ' reaches ' + right(each) + ' px: ' + each.textContent.slice(0, 80);
  return ['The document is ' + scrollWidth + ' px wide.', ...wide.map(say)];
})()`;
