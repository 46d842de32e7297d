// Colours: those of the visitor's system, also when these change, until the visitor chooses; and what a browser keeps.
((lookalike) => {
  "use strict";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  // A text that is kept for this tab, or for good, replaced by a new one if that is given.
  lookalike.stored = (name, text, storage = "sessionStorage") => {
    try {
      if (text !== undefined) window[storage].setItem(`lookalike-${name}`, text);
      return window[storage].getItem(`lookalike-${name}`);
    } catch {
      return null; // a browser without storage follows the system and has no trail, but goes on
    }
  };
  // The last products that were looked at and this one, which are kept for this tab.
  lookalike.trailed = (name, address, tree) => {
    const before = JSON.parse(lookalike.stored(name)) ?? [];
    const steps = [...before.filter((each) => each.address !== address), { address, tree }].slice(-8);
    lookalike.stored(name, JSON.stringify(steps));
    return steps.map((each) => each.tree);
  };

  const wanted = () => lookalike.stored("theme", undefined, "localStorage") ?? (dark.matches ? "dark" : "light");
  lookalike.colour = (theme = wanted()) => {
    root.dataset.bsTheme = theme;
    for (const button of document.querySelectorAll(".theme-switch")) {
      const label = theme === "dark" ? button.dataset.toLight : button.dataset.toDark;
      button.setAttribute("aria-label", label);
      lookalike.themed?.(label);
    }
  };
  dark.addEventListener("change", () => lookalike.colour());
  document.addEventListener("DOMContentLoaded", () => lookalike.colour());
  lookalike.switchTheme = () => {
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    lookalike.stored("theme", next, "localStorage");
    lookalike.colour(next);
  };
  // Before Dash is there, and where pages are files.
  document.addEventListener("click", ({ target }) => {
    if (target.closest(".theme-switch") && !target.closest("#react-entry-point")) lookalike.switchTheme();
  });
  lookalike.colour();
})((window.lookalike ??= {}));
