// Pages that are files: each is loaded whole, and beside a product a wide window shows the page that led to it.
((lookalike) => {
  "use strict";
  const told = JSON.parse(document.documentElement.dataset.lookalike);
  const home = new URL(told.home, location.href).pathname;
  const ADDRESSES = { href: /^[^#].*/, src: /.+/, srcset: /\S+(?= \d+w)/g, "data-search": /.+/ };
  const byId = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const wide = matchMedia("(min-width: 992px)");
  const onDisk = location.protocol === "file:"; // where no page can read a file
  const onProduct = location.pathname.startsWith(`${home}p/`);
  const close = byId("close");

  lookalike.close = () => onProduct && close.click();

  // Kept for this tab; a browser without storage begins anew each time.
  const stored = (name, action = "getItem", value = null) => {
    try {
      return JSON.parse(sessionStorage[action](`lookalike-${name} ${home}`, JSON.stringify(value)) ?? null);
    } catch {
      return null;
    }
  };
  const beside = () => stored("beside") ?? {}; // the page that led to a product, and how far it was scrolled

  const mark = () => {
    for (const link of all(".product-card, .trail a")) if (link.pathname === location.pathname) link.setAttribute("aria-current", link.matches(".trail a") ? "page" : "true");
    for (const link of all(".site-nav a")) if (link.getAttribute("href") === told.section) link.setAttribute("aria-current", "page");
  };

  // The last products that were looked at; their pages stand in one folder, so that addresses are alike.
  const trail = () => {
    const steps = [...(stored("trail") ?? []).filter(([path]) => path !== location.pathname), [location.pathname, told.step]].slice(-8);
    stored("trail", "setItem", steps);
    byId("trail").innerHTML = steps.map(([, step]) => step).join("");
  };

  // Make the addresses of another page absolute.
  lookalike.resolve = (root, base) => {
    for (const [name, address] of Object.entries(ADDRESSES)) {
      for (const element of all(`[${name}]`, root)) element.setAttribute(name, element.getAttribute(name).replace(address, (each) => new URL(each, base).href));
    }
  };

  // The photo and title of a dot, beside it; a click opens its product, as does a tap on them.
  const dots = (graph, base) => {
    const hovers = matchMedia("(hover: hover)").matches;
    const card = Object.assign(document.createElement("a"), { className: "map-card hover", hidden: true });
    graph.after(card);
    const point = ({ points: [{ customdata }], event }) => {
      const [address, title, photo] = customdata;
      const { left, top, width, height } = graph.getBoundingClientRect();
      const [x, y] = [event.clientX - left, event.clientY - top];
      card.replaceChildren(...(photo ? [Object.assign(new Image(140, 140), { src: new URL(photo, base).href, alt: "" })] : []), title);
      Object.assign(card, { hidden: false, href: new URL(address, base).href });
      card.style.translate = `${x + (x > width / 2 ? -180 : 16)}px ${y + (y > height / 2 ? -16 - card.offsetHeight : 16)}px`;
    };
    graph.on("plotly_hover", point);
    graph.on("plotly_unhover", () => (card.hidden = hovers));
    graph.on("plotly_click", (clicked) => {
      point(clicked);
      if (hovers) location.assign(card.href);
    });
  };

  const load = (name, values) =>
    new Promise((onload, onerror) => {
      document.head.append(Object.assign(document.createElement(name), values, { onload, onerror }));
    });

  // A graph from its file, in the colours of the theme; the dots of other categories than the chosen one are pale.
  const draw = async (graph) => {
    const address = `${home}figures/${JSON.parse(graph.id).index}.json`;
    const [answer] = await Promise.all([fetch(address), (lookalike.plotly ??= load("script", { src: told.plotly }))]);
    const { figure, config, templates } = await answer.json();
    for (const { marker, customdata } of told.chosen ? figure.data : []) marker.opacity = customdata.map(([, , , category]) => (category === told.chosen ? 1 : 0.13));
    const show = () => window.Plotly.react(graph, figure.data, { ...figure.layout, template: templates[document.documentElement.dataset.bsTheme] }, config);
    await show();
    new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    if (graph.closest(".map")) dots(graph, answer.url);
  };
  const drawAll = () => onDisk || all(".dash-graph").map((graph) => draw(graph));

  const alone = () => load("link", { rel: "stylesheet", href: told.alone });

  const bring = async () => {
    const { address = close.href, scroll = 0 } = beside();
    try {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(`${answer.status} for ${address}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const main = page.getElementById("main");
      lookalike.resolve(main, answer.url);
      told.chosen = JSON.parse(page.documentElement.dataset.lookalike).chosen;
      byId("main").replaceChildren(...main.childNodes);
    } catch {
      return alone();
    }
    await lookalike.lookFor(new URL(address, location.href).searchParams);
    drawAll();
    mark();
    scrollTo(0, scroll);
    document.querySelector("#main .product-card[aria-current]")?.scrollIntoView({ block: "nearest" }); // in fewer columns now
  };

  document.addEventListener("click", async ({ target }) => {
    if (target.id !== "copy-link") return;
    await navigator.clipboard.writeText(location.href);
    target.classList.add("copied");
    target.setAttribute("aria-label", (byId("announcement").textContent = told.copied));
  });
  addEventListener("pagehide", () => {
    const { address = close.href, scroll } = onProduct ? beside() : { address: location.href };
    if (told.section || onProduct) stored("beside", "setItem", { address, scroll: wide.matches || !onProduct ? scrollY : scroll });
  });

  document.querySelector(".search input").value = new URLSearchParams(location.search).get("q") ?? "";
  if (onDisk) alone();
  if (onProduct) {
    trail();
    close.href = beside().address ?? close.href;
    if (wide.matches && !onDisk) bring();
    else if (!onDisk) wide.addEventListener("change", bring, { once: true });
  } else {
    lookalike.lookFor(new URLSearchParams(location.search));
    drawAll();
  }
  mark();
})((window.lookalike ??= {}));
