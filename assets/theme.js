// Colours: those of the visitor's system, also when these change, until the visitor chooses.
(() => {
  "use strict";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const KEY = "lookalike-theme";
  const chosen = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // a browser without storage follows the system
    }
  };
  const apply = () => {
    const theme = chosen() ?? (dark.matches ? "dark" : "light");
    document.documentElement.dataset.bsTheme = theme;
    const button = document.querySelector(".theme-switch");
    button?.setAttribute("aria-label", theme === "dark" ? button.dataset.toLight : button.dataset.toDark);
  };
  dark.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".theme-switch")) return;
    const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, next);
    } catch {
      /* the choice lasts as long as the page */
    }
    document.documentElement.dataset.bsTheme = next;
    apply();
  });
  apply();
})();
