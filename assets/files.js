// Pages that are files: each is loaded whole, and beside a product a wide window shows where the visitor came from.
((lookalike) => {
  "use strict";
  const told = JSON.parse(document.documentElement.dataset.lookalike);
  const home = new URL(told.home, location.href).pathname;
  const BESIDE = `lookalike-beside ${home}`;
  const TRAIL = `lookalike-trail ${home}`;
  const byId = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const wide = matchMedia("(min-width: 992px)");
  const onDisk = location.protocol === "file:"; // where no page can read a file
  const onProduct = location.pathname.startsWith(`${home}p/`);
  const close = byId("close");

  lookalike.close = () => onProduct && close.click();

  const stored = (name) => {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null; // a browser without storage begins anew each time
    }
  };
  const store = (name, value) => {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
    } catch {
      /* as above */
    }
  };

  const mark = () => {
    for (const card of all(".product-card")) if (card.pathname === location.pathname) card.setAttribute("aria-current", "true");
    for (const link of all(".site-nav a")) {
      if (told.section && link.href === new URL(told.section, location.href).href) link.setAttribute("aria-current", "page");
    }
  };

  // The last products that were looked at, kept for this tab.
  const trail = () => {
    const [photo] = byId("product-page").querySelector("img")?.srcset.split(" ") ?? [];
    const own = { href: location.href, title: document.querySelector("#product h1").textContent, photo: photo && new URL(photo, location.href).href };
    const steps = [...(stored(TRAIL) ?? []).filter(({ href }) => href !== own.href), own].slice(-8);
    store(TRAIL, steps);
    byId("trail").replaceChildren(
      ...steps.map(({ href, title, photo: src }) => {
        const link = Object.assign(document.createElement("a"), { href, title });
        if (href === own.href) link.setAttribute("aria-current", "page");
        link.append(src ? Object.assign(new Image(40, 40), { src, alt: title }) : title);
        return link;
      }),
    );
  };

  // Addresses of another page, from wherever they are read.
  const resolve = (main, base) => {
    const whole = (address) => new URL(address, base).href;
    for (const name of ["href", "src", "data-figure", "data-search", "data-images"]) {
      for (const element of all(`[${name}]:not([${name}^="#"])`, main)) element.setAttribute(name, whole(element.getAttribute(name)));
    }
    for (const image of all("[srcset]", main)) {
      const sources = image.getAttribute("srcset").split(", ").map((each) => each.split(" "));
      image.setAttribute("srcset", sources.map(([address, width]) => `${whole(address)} ${width}`).join(", "));
    }
  };

  const plotly = () =>
    (lookalike.plotly ??= new Promise((resolve, reject) => {
      document.head.append(Object.assign(document.createElement("script"), { src: told.plotly, onload: resolve, onerror: reject }));
    }));

  // The photo and title of a dot, beside it; a click opens its product.
  const dots = (graph, base) => {
    const card = Object.assign(document.createElement("a"), { className: "map-card hover", hidden: true });
    graph.parentElement.append(card);
    const point = ({ points: [{ customdata }], event }) => {
      const [address, title, photo] = customdata;
      card.replaceChildren(...(photo ? [Object.assign(new Image(140, 140), { src: new URL(photo, base).href, alt: "" })] : []), title);
      const box = graph.getBoundingClientRect();
      Object.assign(card, { hidden: false, href: new URL(address, base).href });
      card.style.translate = `${event.clientX - box.left + (event.clientX > box.left + box.width / 2 ? -180 : 16)}px ${event.clientY - box.top + 16 - (event.clientY > box.top + box.height / 2 ? 220 : 0)}px`;
    };
    graph.on("plotly_hover", point);
    graph.on("plotly_unhover", () => matchMedia("(hover: hover)").matches && (card.hidden = true));
    graph.on("plotly_click", (clicked) => {
      point(clicked);
      if (matchMedia("(hover: hover)").matches) location.assign(card.href);
    });
  };

  // Graphs from their files, in the colours of the theme; where nothing can be read, the tables and cards say the same.
  const draw = async () => {
    for (const graph of all("[data-figure]")) {
      if (onDisk) graph.closest(".map, .chart").remove();
      else {
        const address = graph.dataset.figure;
        const [answer] = await Promise.all([fetch(address), plotly()]);
        const { figure, config, templates } = await answer.json();
        for (const trace of told.chosen ? figure.data : []) trace.opacity = trace.name === told.chosen ? 0.95 : 0.12;
        const layout = () => ({ ...figure.layout, template: templates[document.documentElement.dataset.bsTheme] });
        await window.Plotly.newPlot(graph, figure.data, layout(), config);
        new MutationObserver(() => window.Plotly.react(graph, figure.data, layout(), config)).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
        if (graph.closest(".map")) dots(graph, new URL("map/1.html", new URL(told.home, location.href)));
      }
    }
  };

  // The page beside a product; where nothing can be read, as in files without a server, the product stands alone.
  const bring = async () => {
    const { address = close.href, scroll = 0 } = stored(BESIDE) ?? {};
    try {
      if (onDisk) throw new Error("files read no files");
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(`${answer.status} for ${address}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const main = page.getElementById("main");
      resolve(main, answer.url);
      told.chosen = JSON.parse(page.documentElement.dataset.lookalike).chosen;
      byId("main").replaceChildren(...main.childNodes);
    } catch {
      document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: told.alone }));
      return;
    }
    await lookalike.lookFor(new URL(address, location.href).searchParams);
    draw();
    mark();
    scrollTo(0, scroll);
    document.querySelector("#main .product-card[aria-current]")?.scrollIntoView({ block: "nearest" }); // in fewer columns now
  };

  document.addEventListener("click", async ({ target }) => {
    if (target.id !== "copy-link") return;
    await navigator.clipboard.writeText(location.href);
    target.textContent = byId("announcement").textContent = told.texts.copied;
  });
  addEventListener("pagehide", () => {
    const before = stored(BESIDE) ?? {};
    const address = onProduct ? before.address : location.href;
    if (told.section || onProduct) store(BESIDE, { address, scroll: wide.matches || !onProduct ? scrollY : before.scroll });
  });

  const box = document.querySelector(".search input");
  box.value = new URLSearchParams(location.search).get("q") ?? "";
  if (!onProduct) {
    lookalike.lookFor(new URLSearchParams(location.search));
    draw();
    mark();
  } else {
    trail();
    const { address } = stored(BESIDE) ?? {};
    if (address) close.href = address;
    if (wide.matches) bring();
    else wide.addEventListener("change", bring, { once: true });
  }
})((window.lookalike ??= {}));
