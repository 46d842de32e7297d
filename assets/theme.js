// Colours: those of the visitor's system, also when these change, until the visitor chooses.
((lookalike) => {
  "use strict";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const KEY = "lookalike-theme";
  const root = document.documentElement;
  const chosen = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // a browser without storage follows the system
    }
  };
  const apply = (theme = chosen() ?? (dark.matches ? "dark" : "light")) => {
    root.dataset.bsTheme = theme;
    for (const button of document.querySelectorAll(".theme-switch")) {
      button.setAttribute("aria-label", theme === "dark" ? button.dataset.toLight : button.dataset.toDark);
    }
    lookalike.themed?.();
  };
  lookalike.switchTheme = () => {
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, next);
    } catch {
      /* the choice lasts as long as the page */
    }
    apply(next);
  };
  dark.addEventListener("change", () => apply());
  document.addEventListener("DOMContentLoaded", () => apply());
  // Before Dash is there, and where pages are files.
  document.addEventListener("click", (event) => {
    if (event.target.closest(".theme-switch") && !event.target.closest("#react-entry-point")) lookalike.switchTheme();
  });
  apply();
})((window.lookalike ??= {}));
