// Grids by keyboard, the key that leads to the search, and the one that closes a product.
((lookalike) => {
  "use strict";
  // The place that a key leads to in a grid of `count` cards in rows of `columns`; the same place at an edge.
  lookalike.stepped = (key, place, count, columns) => {
    const to = {
      ArrowRight: place + 1,
      ArrowLeft: place - 1,
      ArrowDown: place + columns,
      ArrowUp: place - columns,
      Home: 0,
      End: count - 1,
    }[key];
    return to >= 0 && to < count ? to : place;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const writing = event.target.matches?.("input, select, textarea");
    const grid = event.target.closest?.("[data-keys=grid]");
    if (grid && event.target.matches("a") && /^(Arrow|Home$|End$)/.test(event.key)) {
      const cards = [...grid.querySelectorAll("a")];
      const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
      cards[lookalike.stepped(event.key, cards.indexOf(event.target), cards.length, columns)].focus();
      event.preventDefault();
    }
    if (event.key === "/" && !writing) {
      event.preventDefault();
      const box = document.querySelector(".search input");
      box.focus();
      box.select();
    }
    if (event.key === "Escape" && !writing && !document.querySelector(".modal.show")) lookalike.close?.();
  });
})((window.lookalike ??= {}));
