// The report's tables: a click on a column's head sorts by it, and a table that is wider than the screen says so.
"use strict";
(() => {
  function value(cell) {
    const text = (cell ? cell.textContent : "").trim().replace("\u2212", "-");
    const number = parseFloat(text);
    return { text, number: Number.isNaN(number) ? null : number };
  }

  function sortable(table) {
    const heads = table.querySelectorAll("thead th");
    const body = table.tBodies[0];
    heads.forEach((head) => {
      const index = head.cellIndex;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = [...body.rows].filter((row) => !row.classList.contains("lead"));
        const rest = [...body.rows].filter((row) => row.classList.contains("lead"));
        rows.sort((left, right) => {
          const [a, b] = [value(left.cells[index]), value(right.cells[index])];
          // Unknown values stand last in either order.
          if ((a.number === null) !== (b.number === null)) return a.number === null ? 1 : -1;
          const order = a.number === null || index === 0 ? a.text.localeCompare(b.text, "en") : a.number - b.number;
          return up ? order : -order;
        });
        body.append(...rows, ...rest);
      });
    });
  }

  // Marks a region as wider than the screen.
  function hint(region) {
    const update = () => region.classList.toggle("more", region.scrollLeft + region.clientWidth < region.scrollWidth - 4);
    region.addEventListener("scroll", update, { passive: true });
    new ResizeObserver(update).observe(region);
    update();
  }

  document.querySelectorAll("table.sortable").forEach(sortable);
  document.querySelectorAll(".scroll").forEach(hint);
})();
