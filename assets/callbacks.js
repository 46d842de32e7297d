// The clientside callbacks of storefront/callbacks.py. The URL is the state: `show` mounts the parts that it names.
((lookalike) => {
  "use strict";
  const { build, home, parts, plotly, ids, texts } = JSON.parse(document.documentElement.dataset.lookalike);
  Object.assign(lookalike, { ids, offline: texts.no_connection });
  const KEPT = 60; // parts
  const HOVER = 40; // milliseconds of pointing before a part is fetched, so that a pointer passing by fetches none
  const WAIT = 1000; // milliseconds for photos of the first HTML to be decoded again
  const byId = (id) => document.getElementById(id);
  const ofApp = (id) => document.querySelector(`#react-entry-point #${id}`);
  const same = () => window.dash_clientside.no_update;
  const set = (id, properties) => window.dash_clientside.set_props(id, properties);
  const here = () => location.pathname + location.search;
  const withoutHome = (path) => `/${path.slice(home.length)}`;
  const pathOf = (address) => address.split("?")[0];
  const queryOf = (address) => new URLSearchParams(address.split("?")[1] ?? "");
  const isProduct = (address) => address.startsWith(`${home}p/`);

  // ---- Parts of pages: fetched once, kept while they are used

  const kept = new Map(); // from an address to a promise; the one used last stands last

  const fetched = async (address) => {
    const answer = await fetch(`${parts}?at=${encodeURIComponent(withoutHome(address))}`);
    if (!answer.ok && answer.status !== 404) throw Object.assign(new Error(`${answer.status} for ${address}`), { status: answer.status });
    return answer.json();
  };

  const part = (address) => {
    const promise = kept.get(address) ?? fetched(address);
    kept.delete(address);
    kept.set(address, promise);
    promise.catch(() => kept.delete(address)); // asked for again next time
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return promise;
  };

  const nodes = (tree) => (Array.isArray(tree) ? tree.flatMap(nodes) : tree?.type ? [tree, ...nodes(tree.props.tree ?? tree.props.children)] : []);

  // Photos of a list, asked for with the very sizes that the page will want.
  const warm = ({ product }) => {
    for (const { type, props } of nodes(product)) {
      if (type === "Img" && props.loading !== "lazy") Object.assign(new Image(), { sizes: props.sizes ?? "", srcset: props.srcSet ?? "", src: props.src });
    }
  };

  const prefetch = (address) => {
    if (kept.has(address) || address === here() || navigator.connection?.saveData) return;
    part(address).then(warm, () => {});
  };

  // ---- Addresses

  // The page in the main column: the one that is asked, or the one that a product stands beside, as urls.py has it.
  const mainOf = (address) => {
    if (!isProduct(address)) return address;
    const query = address.split("?")[1] ?? "";
    const [, page = "", rest] = query.match(/^(?:from=(map|report|photo)(?:&|$))?(.*)$/);
    return `${home}${page}${rest ? `?${rest}` : ""}`;
  };

  const remember = () => history.replaceState({ ...history.state, scroll: scrollY }, "");

  // Tell dcc.Location, as dcc.Link does.
  const announce = () => dispatchEvent(new CustomEvent("_dashprivate_pushstate"));

  let reason = "load"; // of the present address: load, link, close, sorted, typing, back

  lookalike.go = (address, link) => {
    const closes = link?.id === ids.close;
    reason = closes ? "close" : "link";
    remember();
    const { pathname, search } = new URL(address, location.href);
    history[pathname + search === here() ? "replaceState" : "pushState"]({}, "", pathname + search);
    announce();
  };

  const go = (address, why, replace = false) => {
    reason = why;
    remember();
    history[replace ? "replaceState" : "pushState"]({}, "", address);
    announce();
  };

  addEventListener("popstate", () => (reason = "back"), { capture: true });
  addEventListener("pagehide", remember);
  history.scrollRestoration = "manual";

  // ---- Showing an address

  const shown = { href: "", main: "", product: "" };
  const arrivals = {}; // by the id of a region, the steps once its new content is in place
  let turn = 0;

  const theme = () => document.documentElement.dataset.bsTheme;

  // Graphs need plotly.js, and the colours of the present theme.
  const ready = async (tree, templates) => {
    const graphs = nodes(tree).filter(({ type }) => type === "Graph");
    if (graphs.length === 0) return;
    for (const { props } of graphs) props.figure.layout.template = templates[theme()];
    if (window.Plotly) return;
    await new Promise((resolve, reject) => {
      document.head.append(Object.assign(document.createElement("script"), { src: plotly, onload: resolve, onerror: reject }));
    });
  };

  const show = async (href, typed, templates) => {
    const now = ++turn;
    const address = here();
    const [main, product] = [mainOf(address), isProduct(address) ? address : ""];
    const before = { ...shown };
    try {
      const [mains, products] = await Promise.all([main === before.main ? null : part(main), product && product !== before.product ? part(product) : null]);
      if (mains?.main) await ready(mains.main, templates);
      if (now !== turn) return Array(6).fill(same());
      Object.assign(shown, { href: address, main, product });
      const page = products ?? mains ?? (await part(product || main));
      arrive(address, before, page);
      const lost = products && products.product === null; // the product is no longer in the catalogue
      return [
        lost ? products.main : (mains?.main ?? same()),
        product && !lost ? (products?.product ?? same()) : before.product ? null : same(),
        products?.step ? trail(product, products.step) : same(),
        main,
        searched(main, typed),
        reason === "load" ? "" : page.announcement,
      ];
    } catch (error) {
      if (now === turn) failed(error, address);
      return Array(6).fill(same());
    }
  };

  // The box says what is looked for, unless somebody is typing in it.
  const searched = (main, typed) => {
    const first = document.querySelector(`#first #${ids.search}`);
    const text = queryOf(main).get("q") ?? "";
    if (first) return first.value === first.defaultValue ? text : first.value;
    if (document.activeElement?.id === ids.search && reason === "typing") return same();
    return text === (typed ?? "") ? same() : text;
  };

  // The last products that were looked at, kept for this tab.
  lookalike.trailed = (steps, address, tree) => [...steps.filter((each) => each.address !== address), { address, tree }].slice(-8);
  const stored = (name) => {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null; // a browser without storage has no trail but goes on
    }
  };
  const store = (name, value) => {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
    } catch {
      /* as above */
    }
  };
  const trail = (address, tree) => {
    const steps = lookalike.trailed(stored("lookalike-trail") ?? [], address.split("?")[0], tree);
    store("lookalike-trail", steps);
    return steps.flatMap((step) => step.tree);
  };

  // ---- After an address is shown: marks, scroll and focus, before the next frame

  const arrive = (address, before, page) => {
    const why = reason;
    const { scroll } = history.state ?? {};
    const opens = isProduct(address) && !before.product;
    const changed = before.main !== mainOf(address);
    document.title = page.title;
    arrivals[ids.main] = () => {
      if (why === "back") scrollTo(0, scroll ?? 0);
      else if (changed && why !== "load") {
        scrollTo(0, 0);
        if (why === "link" && !isProduct(address)) focusOn(`#${ids.main} h1`);
      }
    };
    arrivals[ids.product_page] = () => {
      if (why === "back") return scrollTo(0, scroll ?? 0);
      if (!isProduct(address)) return left(before.product, why);
      if (why === "load") return;
      ofApp(ids.product).scrollTop = 0;
      if (matchMedia("(max-width: 991px)").matches) scrollTo(0, 0);
      else if (opens) document.querySelector(`#${ids.main} .product-card[aria-current]`)?.scrollIntoView({ block: "nearest" });
      focusOn(`#${ids.product} h1`);
    };
    if (shown.product === before.product && !changed) mark();
  };

  const focusOn = (selector) => document.querySelector(selector)?.focus({ preventScroll: true });

  // A product was closed: back to its card.
  const left = (product, why) => {
    if (why !== "close") return;
    const card = [...document.querySelectorAll(`#${ids.main} .product-card`)].find(leadsTo(product));
    card?.focus();
  };

  const leadsTo = (address) => (link) => link.pathname === pathOf(address);

  // `aria-current` on links to the product that is shown, and on the link of the header to the page.
  const mark = () => {
    const product = shown.product;
    for (const card of document.querySelectorAll(".product-card[aria-current], .trail a[aria-current]")) card.removeAttribute("aria-current");
    if (product) for (const card of [...document.querySelectorAll(".product-card, .trail a")].filter(leadsTo(product))) card.setAttribute("aria-current", card.matches(".trail a") ? "page" : "true");
    for (const link of document.querySelectorAll(".site-nav a")) {
      if (!product && link.pathname === pathOf(shown.main)) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };

  // A MutationObserver is told before the next frame; a callback would be a frame late, and the page would jump.
  const observe = () => {
    for (const id of [ids.main, ids.product_page, ids.trail]) {
      new MutationObserver(() => {
        mark();
        arrivals[id]?.();
        delete arrivals[id];
        dismissFirst();
        lookalike.showPhoto?.();
      }).observe(ofApp(id), { childList: true });
    }
  };

  // The first HTML goes once the app shows the same, its photos decoded: then both are exchanged in one frame.
  let dismissing = false;
  const dismissFirst = async () => {
    const first = byId("first");
    if (!first || dismissing || !ofApp(ids.main).hasChildNodes() || (shown.product && !ofApp(ids.product_page).hasChildNodes())) return;
    dismissing = true;
    const photos = [...document.querySelectorAll("#react-entry-point img")].filter((each) => each.getBoundingClientRect().top < innerHeight);
    const rest = new Promise((resolve) => setTimeout(resolve, WAIT));
    await Promise.race([Promise.allSettled(photos.map((each) => each.decode())), rest]);
    const reachable = (root) => [...root.querySelectorAll("a[href], button, input, select, summary, [tabindex]")];
    const place = reachable(first).indexOf(document.activeElement);
    const text = first.querySelector(`#${ids.search}`);
    const late = ofApp(ids.search).value !== text.value && text.value !== text.defaultValue ? text.value : null;
    const scroll = scrollY;
    first.remove(); // only now is the app seen, and can be focused
    scrollTo(0, scroll);
    if (late !== null) set(ids.search, { value: late });
    if (place >= 0) reachable(byId("react-entry-point"))[place]?.focus({ preventScroll: true });
  };

  // ---- When something fails

  let again = null; // the address to try again
  const renewing = stored("lookalike-renewed") === build; // this very build was loaded anew, and is gone all the same

  const tell = (text) => {
    set(ids.alert_text, { children: text });
    set(ids.retry, { hidden: !again });
    set(ids.alert, { is_open: true });
  };

  // Lists that were replaced under an open page: it is loaded anew, once, and says so then. Otherwise the page stays, and says so.
  const failed = (error, address) => {
    if (error.status === 410 && !renewing) {
      store("lookalike-renewed", build);
      location.assign(address);
      return;
    }
    again = address;
    tell(navigator.onLine ? texts.failed : texts.no_connection);
    if (!shown.href) return;
    history.replaceState(history.state, "", shown.href);
    announce();
  };

  const retry = (clicks) => {
    if (!clicks) return;
    set(ids.alert, { is_open: false });
    if (again) go(again, "link");
    again = null;
  };

  // ---- Other callbacks

  const asked = (changes) => {
    const values = pathOf(shown.main) === home ? queryOf(shown.main) : new URLSearchParams();
    values.delete("page");
    for (const [name, value] of Object.entries(changes)) values.set(name, value.trim());
    if (values.get("sort") === "relevance") values.delete("sort");
    const told = new URLSearchParams([...values].filter(([, value]) => value));
    return told.size > 0 ? `${home}?${told}` : home;
  };

  let typing = false; // whether the present address was made by typing, and the next one takes its place

  const type = (text) => {
    const looked = queryOf(shown.main).get("q") ?? "";
    if (document.activeElement?.id !== ids.search || byId("first") || (text ?? "").trim() === looked) return;
    go(asked({ q: text ?? "", category: "", sort: "" }), "typing", typing);
    typing = true;
  };
  document.addEventListener("focusout", (event) => event.target.id === ids.search && (typing = false));

  const submit = (sent) => {
    const text = byId(ids.search).value;
    if (sent) go(asked({ q: text, category: "", sort: "" }), "link", typing);
    typing = false;
  };

  const sort = (order) => {
    const present = queryOf(shown.main).get("sort") ?? "relevance";
    if (order && order !== present) go(asked({ sort: order }), "sorted");
  };

  // A finger sees the card of a dot first, and opens the product by it.
  const open = (clicked) => {
    if (!clicked || matchMedia("(hover: none)").matches) return;
    const beside = shown.main.split("?")[1];
    go(`${home}p/${encodeURIComponent(clicked.points[0].customdata)}?from=map${beside ? `&${beside}` : ""}`, "link");
  };

  const copy = async (clicks) => {
    if (!clicks) return same();
    await navigator.clipboard.writeText(location.origin + location.pathname);
    set(ids.announcement, { children: texts.copied });
    return texts.copied;
  };

  const chooseTheme = (clicks) => void (clicks && lookalike.switchTheme());

  // The label of the switch is what graphs listen to, as the system changes the theme too.
  lookalike.themed = () => {
    const { toDark, toLight } = byId(ids.theme).dataset;
    if (begun) set(ids.theme, { "aria-label": theme() === "dark" ? toLight : toDark });
  };
  const recolour = (_, templates, figures) => figures.map((figure) => ({ ...figure, layout: { ...figure.layout, template: templates[theme()] } }));

  const searchByPhoto = async (photo) => (photo ? lookalike.similarTo(photo) : [same(), same()]);

  // ---- Pointer and keys

  const linkOf = (event) => {
    const link = event.target.closest?.("a[href]");
    const ours = link && link.origin === location.origin && !link.target && link.pathname.startsWith(home);
    return ours && /^(p\/|map$|report$|photo$|$)/.test(link.pathname.slice(home.length)) && !link.hash ? link : null;
  };

  let pointed = 0;
  const point = (event) => {
    const link = linkOf(event);
    clearTimeout(pointed);
    if (!link || byId("first")) return;
    const address = link.pathname + link.search;
    if (event.type === "pointerover") pointed = setTimeout(prefetch, HOVER, address);
    else prefetch(address);
  };
  for (const kind of ["pointerover", "focusin", "pointerdown"]) document.addEventListener(kind, point, { passive: true });

  lookalike.close = () => shown.product && go(shown.main, "close");

  let begun = false;
  const begin = (...given) => {
    if (!begun) {
      begun = true;
      observe();
      lookalike.themed();
      const before = stored("lookalike-renewed");
      if (before && before !== build) tell(texts.renewed);
      store("lookalike-renewed", null);
    }
    return show(...given);
  };

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    lookalike: { show: begin, type, submit, sort, open, retry, copy, theme: chooseTheme, recolour, searchByPhoto },
  });
})((window.lookalike ??= {}));
