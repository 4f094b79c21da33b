"""What a reader sees of an open report: measured in the browser, not read from the page's text."""

from typing import Any

_TEXTS = """
() => [...document.querySelectorAll('figure svg')].flatMap(svg => {
  const texts = [...svg.querySelectorAll('text')].filter(text => text.textContent.trim())
    .map(text => [text.textContent, text.getBoundingClientRect()]);
  return texts.flatMap(([a, x], i) => texts.slice(i + 1)
    .filter(([, y]) => Math.min(x.right, y.right) - Math.max(x.left, y.left) > 1
      && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 1)
    .map(([b]) => `${a} | ${b}`));
})
"""

_LEGENDS = """
() => [...document.querySelectorAll('figure svg')].flatMap(svg => {
  const boxes = selector => [...svg.querySelectorAll(selector)].map(e => e.getBoundingClientRect());
  return boxes('g[id*="-legend_"]').flatMap(x => boxes('g[id*="-axes_"] > g[id*="-patch_"]')
    .filter(y => Math.min(x.right, y.right) - Math.max(x.left, y.left) > 1
      && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 1)
    .map(() => svg.getAttribute('aria-label')));
})
"""

_CUT_OFF = """
() => {
  const out = [...document.querySelectorAll('body *')].filter(e => {
    if (e.closest('.scroll') && !e.matches('.scroll')) return false;
    if (e.closest('svg defs, svg clipPath, svg title')) return false;
    const box = e.getBoundingClientRect();
    return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
  });
  return out.map(e => `${e.tagName} ${e.id} ${e.textContent.trim().slice(0, 40)}`);
}
"""

_SMALLEST_TEXT = """
() => Math.min(...[...document.querySelectorAll('figure svg text')].map(text => {
  const svg = text.ownerSVGElement;
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  return parseFloat(getComputedStyle(text).fontSize) * scale;
}))
"""


def overlapping_texts(tab: Any) -> list[str]:
    """Pairs of texts of one figure that cover one another."""
    return list(tab.evaluate(_TEXTS))


def covered_axes(tab: Any) -> list[str]:
    """The figures in which a legend lies over Axes."""
    return list(tab.evaluate(_LEGENDS))


def cut_off(tab: Any) -> list[str]:
    """The elements that reach beyond the window, other than the inside of a table that scrolls."""
    return list(tab.evaluate(_CUT_OFF))


def smallest_text(tab: Any) -> float:
    """The size of the smallest text of a figure, in pixels of the page."""
    return float(tab.evaluate(_SMALLEST_TEXT))
