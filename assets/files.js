// Pages that are files: each is loaded whole, with the trail, graphs from their files, and the link that is copied.
((lookalike) => {
  "use strict";
  const told = JSON.parse(document.documentElement.dataset.lookalike);
  const ofSite = (name) => `${name} ${new URL(told.home, location.href).pathname}`;
  const byId = (id) => document.getElementById(id);
  const [close, copy, trail] = ["close", "copy-link", "trail"].map((id) => byId(id));

  // The photo and title of a dot, beside it; a click opens its product, as does a tap on them.
  const dots = (graph) => {
    const hovers = matchMedia("(hover: hover)").matches;
    const card = Object.assign(document.createElement("a"), { className: "map-card hover", hidden: true });
    graph.after(card);
    const point = ({ points: [{ bbox: { x0, y0 }, customdata: [href, title, src] }] }) => {
      card.replaceChildren(...(src ? [Object.assign(new Image(140, 140), { src, alt: "" })] : []), title);
      Object.assign(card, { hidden: false, href });
      const x = x0 > graph.clientWidth / 2 ? x0 - 180 : x0 + 16;
      card.style.translate = `${x}px ${y0 > graph.clientHeight / 2 ? y0 - 16 - card.offsetHeight : y0 + 16}px`;
    };
    graph.on("plotly_hover", point);
    graph.on("plotly_unhover", () => (card.hidden = hovers));
    graph.on("plotly_click", (clicked) => {
      point(clicked);
      if (hovers) card.click();
    });
  };

  // A graph in the colours of the theme; the dots of other categories than the chosen one are pale.
  const draw = async (graph) => {
    const answer = await fetch(`${told.home}figures/${JSON.parse(graph.id).index}.json`);
    const { figure, config, templates } = await answer.json();
    for (const { marker, customdata } of told.chosen ? figure.data : []) {
      marker.opacity = customdata.map(([, , , category]) => (category === told.chosen ? 1 : 0.13));
    }
    const root = document.documentElement;
    const show = () =>
      window.Plotly.react(graph, figure.data, { ...figure.layout, template: templates[root.dataset.bsTheme] }, config);
    await show();
    new MutationObserver(show).observe(root, { attributeFilter: ["data-bs-theme"] });
    if (graph.closest(".map")) dots(graph);
  };

  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    copy.classList.add("copied");
    copy.setAttribute("aria-label", (byId("announcement").textContent = told.copied));
  });
  document.querySelector(`.site-nav a[href="${told.section}"]`)?.setAttribute("aria-current", "page");
  if (told.section) addEventListener("pagehide", () => lookalike.stored(ofSite("list"), location.href));
  if (told.step) {
    trail.innerHTML = lookalike.trailed(ofSite("trail"), location.pathname, told.step).join("");
    trail.lastElementChild.setAttribute("aria-current", "page");
    close.href = lookalike.stored(ofSite("list")) ?? close.href;
    lookalike.close = () => close.click();
  }
  if (location.protocol === "file:") return; // where no page can read a file
  document.body.classList.add("with-graphs");
  for (const graph of document.querySelectorAll(".dash-graph")) draw(graph);
})((window.lookalike ??= {}));
