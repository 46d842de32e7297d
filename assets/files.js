// Pages that are files: each is loaded whole, and beside a product a wide window shows where the visitor came from.
((lookalike) => {
  "use strict";
  const KEY = `lookalike-beside ${lookalike.home}`;
  const { here, part } = lookalike;
  const { section } = document.documentElement.dataset;
  const wide = matchMedia("(min-width: 992px)");
  const onDisk = location.protocol === "file:"; // where no page can read a file
  const onProduct = lookalike.isProduct(here());

  lookalike.go = (address) => location.assign(address);
  lookalike.prefetch = () => {};
  lookalike.close = () => document.querySelector("#product .close")?.click();

  const remembered = () => {
    try {
      return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
    } catch {
      return {}; // a browser without storage begins at the top each time
    }
  };
  const remember = (what) => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(what));
    } catch {
      /* as above */
    }
  };

  const mark = () => {
    lookalike.mark(here());
    for (const link of document.querySelectorAll(".site-nav a")) {
      if (section && link.href === new URL(section, location.href).href) link.setAttribute("aria-current", "page");
    }
  };

  // Addresses of another page, from wherever they are read.
  const resolve = (main, base) => {
    const whole = (address) => new URL(address, base).href;
    for (const name of ["href", "src", "data-map", "data-search", "data-images"]) {
      for (const element of main.querySelectorAll(`[${name}]:not([${name}^="#"])`)) {
        element.setAttribute(name, whole(element.getAttribute(name)));
      }
    }
    for (const image of main.querySelectorAll("[srcset]")) {
      const sources = image.getAttribute("srcset").split(", ").map((each) => each.split(" "));
      image.setAttribute("srcset", sources.map(([address, width]) => `${whole(address)} ${width}`).join(", "));
    }
  };

  const mainOf = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status} for ${address}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.getElementById(lookalike.ids.main);
    resolve(main, answer.url);
    return main.childNodes;
  };

  // What stands beside a product; where nothing can be read, as in files without a server, it stands alone.
  const bring = async () => {
    const close = document.querySelector("#product .close");
    const { address = close.href, scroll = 0 } = remembered();
    try {
      if (onDisk) throw new Error("files read no files");
      part("main").replaceChildren(...(await mainOf(address)));
    } catch {
      const alone = Object.assign(document.createElement("link"), { rel: "stylesheet", href: document.body.dataset.alone });
      document.head.append(alone);
      return;
    }
    await lookalike.lookFor(new URL(address, location.href).searchParams);
    lookalike.drawMap();
    mark();
    scrollTo(0, scroll);
    lookalike.showCard(); // which may have moved, as the grid has fewer columns now
  };

  const start = () => {
    lookalike.searched(here());
    if (!onProduct) {
      lookalike.lookFor(new URLSearchParams(location.search));
      if (onDisk) document.querySelector("[data-map]")?.remove(); // the cards below it say the same
      else lookalike.drawMap();
      mark();
      return;
    }
    lookalike.arrived(here());
    lookalike.drawTrail(here());
    const { address } = remembered();
    if (address) document.querySelector("#product .close").href = address;
    if (wide.matches) bring();
    else wide.addEventListener("change", bring, { once: true });
  };

  addEventListener("pagehide", () => {
    const address = onProduct ? remembered().address : here();
    if (section || onProduct) remember({ address, scroll: wide.matches || !onProduct ? scrollY : remembered().scroll });
  });
  start();
})((window.lookalike ??= {}));
