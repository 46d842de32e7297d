// Grids by keyboard, the key that leads to the search, and the one that closes a product.
((lookalike) => {
  "use strict";
  // The place that a key leads to in a grid of `count` cards in rows of `columns`; the same place at an edge.
  lookalike.stepped = (key, place, count, columns) => {
    const rows = { ArrowDown: columns, ArrowUp: -columns };
    const to = place + { ...rows, ArrowRight: 1, ArrowLeft: -1, Home: -place, End: count - 1 - place }[key];
    return to >= 0 && to < count ? to : place;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const grid = event.target.closest?.("[data-keys=grid]");
    if (grid && event.target.matches("a") && /^(Arrow|Home$|End$)/.test(event.key)) {
      const cards = [...grid.querySelectorAll("a")];
      const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
      cards[lookalike.stepped(event.key, cards.indexOf(event.target), cards.length, columns)].focus();
      event.preventDefault();
    }
    if (event.target.matches?.("input, select, textarea")) return;
    if (event.key === "/") {
      const box = document.querySelector(".search input");
      box.focus();
      box.select();
      event.preventDefault();
    }
    if (event.key === "Escape" && !document.querySelector(".modal.show")) lookalike.close?.();
  });
})((window.lookalike ??= {}));
