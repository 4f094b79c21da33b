"use strict";

// Tables sort by a click on a heading; a key works too, because headings become buttons.
for (const table of document.querySelectorAll("table.sorts")) {
  const headings = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      body.append(...[...body.rows].sort((a, b) => compare(a.cells[column], b.cells[column], down)));
    });
  });
}

// Cells without a value are last in both directions.
function compare(a, b, down) {
  const [x, y] = [a.dataset.value, b.dataset.value];
  if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
  const numbers = x !== "" && y !== "" && !isNaN(x) && !isNaN(y);
  const order = numbers ? x - y : x.localeCompare(y);
  return down ? -order : order;
}

// A family chosen above the ranking leaves its policies in the ranking and in the table of ranks.
for (const tools of document.querySelectorAll(".tools")) {
  tools.hidden = false;
  const select = tools.querySelector("select");
  const show = () => {
    for (const row of tools.closest("section").querySelectorAll("tr[data-family]")) {
      row.hidden = select.value !== "" && row.dataset.family !== select.value.slice(1);
    }
  };
  select.addEventListener("change", show);
  show(); // a browser that goes back keeps the choice
}

// What a browser shows of a figure after a while, on hover alone, stands over the caption at once, and after a touch.
for (const figure of document.querySelectorAll("figure")) {
  const shown = document.createElement("p");
  shown.className = "readout";
  figure.querySelector("svg").after(shown);
  figure.addEventListener("pointerover", (event) => {
    const title = event.target.querySelector?.(":scope > title");
    if (title && event.target.ownerSVGElement) shown.textContent = title.textContent;
  });
  figure.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") shown.textContent = ""; // a finger leaves as soon as it has touched
  });
}
