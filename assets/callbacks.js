// The clientside callbacks of storefront/callbacks.py. The URL is the state: `show` mounts the parts that it names.
((lookalike) => {
  "use strict";
  const { build, home, plotly, ids, texts } = JSON.parse(document.documentElement.dataset.lookalike);
  const LATER = 100; // milliseconds until whatever need not be painted with a page follows it
  const WAIT = 1000; // milliseconds, at most, in which photos of the first HTML are decoded again
  const byTouch = matchMedia("(hover: none)");
  const byId = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const app = () => byId("react-entry-point");
  const ofApp = (id) => app().querySelector(`#${id}`);
  const same = () => window.dash_clientside.no_update;
  const set = (id, properties) => window.dash_clientside.set_props(id, properties);
  const here = () => location.pathname + location.search;
  const pathOf = (address) => address.split("?")[0];
  const queryOf = (address) => new URLSearchParams(address.split("?")[1] ?? "");
  const isProduct = (address) => address.startsWith(`${home}p/`);
  Object.assign(lookalike, { ids, offline: texts.no_connection });

  // ---- Addresses

  // The page in the main column: the one that is asked, or the one that a product stands beside, as urls.py has it.
  const mainOf = (address) => {
    if (!isProduct(address)) return address;
    const [, page = "", rest] = (address.split("?")[1] ?? "").match(/^(?:from=(map|report|photo)(?:&|$))?(.*)$/);
    return `${home}${page}${rest ? `?${rest}` : ""}`;
  };

  let reason = "load"; // of the present address: load, link, close, sorted, typing or back
  const scrolls = JSON.parse(lookalike.stored("scrolls")) ?? {}; // by the keys of entries in the history
  const keyOf = () => history.state?.key ?? "first";
  const remember = () => (scrolls[keyOf()] = scrollY);
  const announce = () => dispatchEvent(new CustomEvent("_dashprivate_pushstate")); // to dcc.Location, as dcc.Link does

  const go = (address, why, replace = address === here() + location.hash) => {
    reason = why;
    remember();
    history[replace ? "replaceState" : "pushState"]({ key: replace ? keyOf() : Date.now() }, "", address);
    announce();
  };
  document.addEventListener("click", (event) => {
    const link = lookalike.linkAt(event.target);
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.defaultPrevented) return;
    event.preventDefault();
    if (link.id === ids.retry) set(ids.alert, { is_open: false });
    go(link.pathname + link.search + link.hash, link.id === ids.close ? "close" : "link");
  });
  lookalike.close = () => shown.product && go(shown.main, "close");

  addEventListener("popstate", () => (reason = "back"), { capture: true });
  addEventListener("pagehide", () => {
    remember();
    lookalike.stored("scrolls", JSON.stringify(scrolls));
  });
  history.scrollRestoration = "manual";

  // ---- Showing an address

  const shown = { href: "", main: "", product: "" }; // addresses
  let turn = 0; // of the present address; a late answer to a former one changes nothing

  // Graphs need plotly.js, and the colours of the present theme.
  const ready = async (tree, templates) => {
    const graphs = lookalike.nodes(tree).filter(({ type }) => type === "Graph");
    for (const { props } of graphs) {
      props.figure.layout.template = templates[document.documentElement.dataset.bsTheme];
      if (byTouch.matches) props.figure.layout.dragmode = false; // a finger scrolls the page
    }
    if (graphs.length === 0 || window.Plotly) return;
    ofApp(ids.main).setAttribute("aria-busy", "true");
    await new Promise((resolve, reject) => {
      document.head.append(Object.assign(document.createElement("script"), { src: plotly, onload: resolve, onerror: reject }));
    });
  };

  const show = async (_, typed, templates) => {
    begin();
    const [now, address] = [(turn += 1), here()];
    const [main, product, before] = [mainOf(address), isProduct(address) ? address : "", { ...shown }];
    const wanted = [main === before.main ? null : main, product && product !== before.product ? product : null, address];
    try {
      const [mains, products, page] = await Promise.all(wanted.map((each) => each && lookalike.part(each)));
      if (mains) await ready(mains.main, templates);
      if (now !== turn) return;
      const lost = product && !page.product; // a product that is not in the catalogue has a page in the main column
      Object.assign(shown, { href: address, main: lost ? address : main, product: lost ? "" : product });
      document.title = page.title;
      arrive(before, main !== before.main);
      if (address !== before.href) setTimeout(follow, LATER, page, products, product);
      // At once: with the outputs of a callback Dash takes steps that are half of the time of a click.
      if (lost || mains) set(ids.main, { children: lost ? page.main : mains.main });
      if (products && !lost) set(ids.product_page, { children: products.product });
      else if (before.product && !shown.product) set(ids.product_page, { children: null });
      if (main === before.main) return;
      set(ids.close, { href: main });
      const text = searched(main, typed);
      if (text !== null) set(ids.search, { value: text });
    } catch (error) {
      if (now === turn) failed(error, address);
    }
  };

  // Whatever can wait until the page is painted, as it would hold that up: the trail, the words for screen readers, and the button that copies.
  const follow = ({ announcement }, products, product) => {
    focusLater();
    focusLater = () => {};
    if (products?.step) set(ids.trail, { children: lookalike.trailed("trail", pathOf(product), products.step).flat() });
    if (reason !== "load") set(ids.announcement, { children: announcement });
    if (ofApp(ids.copy).matches(".copied")) set(ids.copy, { className: "copy", "aria-label": byId(ids.copy).title });
  };

  // The box says what is looked for, unless somebody is typing in it.
  const searched = (main, typed) => {
    const first = document.querySelector(`#first #${ids.search}`);
    const text = queryOf(main).get("q") ?? "";
    if (first && first.value !== first.defaultValue) return first.value;
    return text === (typed ?? "") || reason === "typing" ? null : text;
  };

  // ---- Once it is shown: marks, scroll and focus

  const arrivals = {}; // by the id of a region, the step that follows its new content
  const leadsTo = (address) => (link) => link.pathname === pathOf(address);
  const focusOn = (selector) => document.querySelector(selector)?.focus({ preventScroll: true });
  let focusLater = () => {}; // as it takes a layout of its own
  let scrolled = false; // whether the product's column is

  const arrive = (before, changed) => {
    const [why, { product, main }, scroll] = [reason, { ...shown }, scrolls[keyOf()] ?? 0];
    const back = () => scrollTo(0, scroll);
    arrivals[ids.main] = () => {
      if (why === "back") back();
      else if (changed && why !== "load") scrollTo(0, 0);
      if (why === "link" && !product) focusLater = () => focusOn(`#${ids.main} h1`);
    };
    arrivals[ids.product_page] = () => {
      if (why === "back") return back();
      if (!product) return why === "close" && all(`#${ids.main} .product-card`).find(leadsTo(before.product))?.focus();
      if (why === "load") return;
      if (scrolled) ofApp(ids.product).scrollTop = 0;
      if (matchMedia("(max-width: 991px)").matches) scrollTo(0, 0);
      else if (!before.product) all(`#${ids.main} .product-card[aria-current]`)[0]?.scrollIntoView({ block: "nearest" });
      focusLater = () => focusOn(`#${ids.product} h1`);
    };
    if (main === before.main && product === before.product) mark();
  };

  // `aria-current` on links to the product that is shown, and on the link of the header to the page.
  let marked = [];
  const mark = () => {
    const path = pathOf(shown.product || shown.main);
    const links = shown.product ? ["#react-entry-point .product-card", ".trail a"].map((each) => `${each}[href^=${JSON.stringify(path)}]`) : ".site-nav a";
    for (const link of marked) link.removeAttribute("aria-current");
    marked = all(String(links)).filter(leadsTo(path));
    for (const link of marked) link.setAttribute("aria-current", link.matches(".product-card") ? "true" : "page");
    ofApp(ids.content).classList.toggle("with-product", Boolean(shown.product));
  };

  // A MutationObserver is told before the next frame; a callback would be a frame late, and the page would jump.
  const observe = (id) =>
    new MutationObserver(() => {
      mark();
      ofApp(ids.main).removeAttribute("aria-busy");
      arrivals[id]?.();
      delete arrivals[id];
      dismissFirst();
      lookalike.showPhoto();
    }).observe(ofApp(id), { childList: true });

  // The first HTML goes once the app shows the same, its photos decoded: both are exchanged in one frame.
  let dismissing = false;
  const dismissFirst = async () => {
    const first = byId("first");
    if (!first || dismissing || !ofApp(ids.main).hasChildNodes() || (shown.product && !ofApp(ids.product_page).hasChildNodes())) return;
    dismissing = true;
    const photos = all("img", app()).filter((each) => each.getBoundingClientRect().top < innerHeight);
    const longest = new Promise((resolve) => {
      setTimeout(resolve, WAIT);
    });
    await Promise.race([Promise.allSettled(photos.map((each) => each.decode())), longest]);
    const reachable = (root) => all("a[href], button, input, select, summary, [tabindex]", root);
    const place = reachable(first).indexOf(document.activeElement);
    const [{ value, defaultValue }, scroll] = [first.querySelector(`#${ids.search}`), scrollY];
    first.remove(); // only now is the app seen, and can be focused
    scrollTo(0, scroll);
    if (value !== defaultValue && value !== ofApp(ids.search).value) set(ids.search, { value });
    if (place >= 0) reachable(app())[place]?.focus({ preventScroll: true });
  };

  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    if (location.hash) history.replaceState(history.state, "", here()); // the gallery opens on a click
    for (const id of [ids.main, ids.product_page, ids.trail]) observe(id);
    ofApp(ids.product).addEventListener("scroll", ({ target }) => (scrolled = target.scrollTop > 0), { passive: true });
    lookalike.colour();
    if (renewing && renewing !== build) tell(texts.renewed);
    lookalike.stored("gone", "");
  };

  // ---- When something fails

  const renewing = lookalike.stored("gone"); // the build that was gone, for which this document was loaded anew

  const tell = (text, again) => {
    set(ids.alert_text, { children: text });
    set(ids.retry, { href: again ?? "#", hidden: !again });
    set(ids.alert, { is_open: true });
  };

  // Lists that were replaced under an open page: it is loaded anew, once, and says so then. Otherwise the page stays.
  const failed = (error, address) => {
    if (error.status === 410 && renewing !== build) {
      lookalike.stored("gone", build);
      return location.assign(address);
    }
    tell(navigator.onLine ? texts.failed : texts.no_connection, address);
    if (!shown.href) return;
    history.replaceState(history.state, "", shown.href);
    announce();
  };

  // ---- Other callbacks

  // The address of the catalogue with some of its query changed.
  const asked = (changes) => {
    const values = pathOf(shown.main) === home ? queryOf(shown.main) : new URLSearchParams();
    values.delete("page");
    for (const [name, value] of Object.entries(changes)) values.set(name, value.trim());
    const told = new URLSearchParams([...values].filter(([, value]) => value));
    return told.size > 0 ? `${home}?${told}` : home;
  };

  let typing = false; // whether the present address was made by typing, and the next one takes its place
  document.addEventListener("focusout", ({ target }) => target.id === ids.search && (typing = false));

  const type = (text) => {
    const looked = queryOf(shown.main).get("q") ?? "";
    if (document.activeElement?.id !== ids.search || byId("first") || (text ?? "").trim() === looked) return;
    go(asked({ q: text ?? "", category: "", sort: "" }), "typing", typing);
    typing = true;
  };

  const submit = (sent) => {
    if (sent) go(asked({ q: byId(ids.search).value, category: "", sort: "" }), "link", typing);
    typing = false;
  };

  const sort = (order) => {
    const present = queryOf(shown.main).get("sort") ?? "relevance";
    if (order && order !== present) go(asked({ sort: order === "relevance" ? "" : order }), "sorted");
  };

  // A finger sees the card of a dot first, and opens the product by it.
  const open = (clicked) => {
    if (!clicked) return;
    if (byTouch.matches) return set(ids.map, { hoverData: clicked });
    const [id, query] = [clicked.points[0].customdata, shown.main.split("?")[1]];
    go(`${home}p/${encodeURIComponent(id)}?from=map${query ? `&${query}` : ""}`, "link");
  };

  // A finger moves the map once it is enlarged.
  const enlarge = (seen, { layout }) => {
    const [left, right] = seen?.["xaxis.range"] ?? ["xaxis.range[0]", "xaxis.range[1]"].map((end) => seen?.[end]);
    if (!byTouch.matches || left === undefined) return;
    const dragmode = right - left < layout.meta.wide ? "pan" : false;
    window.Plotly.relayout(app().querySelector(".chart-map .js-plotly-plot"), { dragmode });
  };

  const copy = async (clicks) => {
    if (!clicks) return [same(), same()];
    await navigator.clipboard.writeText(location.origin + location.pathname);
    set(ids.announcement, { children: texts.copied });
    return ["copy copied", texts.copied];
  };

  // The gallery is open while the address says so.
  const gallery = (hash) => {
    if (hash === "#photos") return { path: location.pathname, at: Date.now() };
    if (begun) set(ids.gallery, { is_open: false });
    return same();
  };
  const closed = (isOpen) => {
    if (isOpen || !location.hash) return;
    history.replaceState(history.state, "", here());
    announce();
  };

  const theme = (clicks) => void (clicks && lookalike.switchTheme());

  // The label of the switch is what graphs listen to, as the system changes the theme too.
  lookalike.themed = (label) => begun && set(ids.theme, { "aria-label": label });
  const recolour = (_, templates, figures) => {
    const template = templates[document.documentElement.dataset.bsTheme];
    return figures.map((figure) => ({ ...figure, layout: { ...figure.layout, template } }));
  };

  const searchByPhoto = (photo) => (photo ? lookalike.similarTo() : [same(), same()]);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    lookalike: { show, type, submit, sort, open, enlarge, copy, gallery, closed, theme, recolour, searchByPhoto },
  });
})((window.lookalike ??= {}));
