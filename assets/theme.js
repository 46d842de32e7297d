// Colours: those of the visitor's system, also when these change, until the visitor chooses.
((lookalike) => {
  "use strict";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const stored = (action, ...value) => {
    try {
      return localStorage[action]("lookalike-theme", ...value);
    } catch {
      return null; // a browser without storage follows the system, and a choice lasts as long as the page
    }
  };
  const apply = (theme = stored("getItem") ?? (dark.matches ? "dark" : "light")) => {
    root.dataset.bsTheme = theme;
    for (const button of document.querySelectorAll(".theme-switch")) {
      button.setAttribute("aria-label", theme === "dark" ? button.dataset.toLight : button.dataset.toDark);
    }
    lookalike.themed?.();
  };
  lookalike.switchTheme = () => {
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    stored("setItem", next);
    apply(next);
  };
  dark.addEventListener("change", () => apply());
  document.addEventListener("DOMContentLoaded", () => apply());
  // Before Dash is there, and where pages are files.
  document.addEventListener("click", ({ target }) => {
    if (target.closest(".theme-switch") && !target.closest("#react-entry-point")) lookalike.switchTheme();
  });
  apply();
})((window.lookalike ??= {}));
