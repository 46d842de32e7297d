// Links within the shop change the page in place: the URL is the state, and history keeps what stood beside it.
((lookalike) => {
  "use strict";
  const PAGES = /^\/(p\/|map$|report$|photo$|$)/;
  const HOVER = 40; // milliseconds of pointing before a page is fetched, so that a pointer passing by fetches none
  const { addressOf, here, isProduct } = lookalike;

  let main = isProduct(here()) ? lookalike.home : here(); // the address of what the main column shows
  let wanted = null; // the navigation that the page is changing to

  const stateOf = (address) => ({ main: isProduct(address) ? main : address, scroll: 0 });

  // Tell Dash's components what they show from now on; what is null stays.
  const place = (page, behind, now) => {
    document.title = page.title;
    main = page.main === null ? now.state.main : now.address;
    lookalike.visited(now.address, page.visited);
    const { ids } = lookalike;
    const told = [
      [ids.main, "markup", page.main ?? behind?.main ?? null],
      [ids.product, "markup", page.product],
      [ids.announcement, "children", page.announcement],
    ];
    for (const [id, property, value] of told) {
      if (value !== null) window.dash_clientside.set_props(id, { [property]: value });
    }
  };

  // A page that a renewed shop no longer knows is loaded anew; without a connection that is said.
  const failed = (now) => {
    if (navigator.onLine) location.assign(now.address);
    else lookalike.alert(document.documentElement.dataset.offline);
  };

  // Show an address, unless another one is wanted by the time that it is here.
  const show = (address, state, reason) => {
    const now = { address, state, reason };
    wanted = now;
    const page = lookalike.page(address);
    const behind = isProduct(address) && state.main !== main ? lookalike.page(state.main) : null;
    if (!(page instanceof Promise) && !(behind instanceof Promise)) {
      place(page, behind, now);
      return;
    }
    Promise.all([page, behind]).then(
      (both) => wanted === now && place(...both, now),
      () => wanted === now && failed(now),
    );
  };

  const remember = () => history.replaceState({ ...stateOf(here()), ...history.state, scroll: scrollY }, "");

  lookalike.go = (address, { replace = address === here(), reason = "link" } = {}) => {
    const state = stateOf(address);
    const opens = isProduct(address) && !isProduct(here());
    if (!replace) remember();
    history[replace ? "replaceState" : "pushState"](state, "", address);
    show(address, state, opens ? "open" : reason);
  };

  // Once a part of the page has changed: where to look at, and what has the focus.
  lookalike.changed = (id) => {
    lookalike.mark(here());
    if (wanted) lookalike.searched(here());
    else lookalike.arrived(here());
    lookalike.drawTrail(here());
    lookalike.drawMap();
    lookalike.showPhoto();
    if (!wanted) return;
    const { address, state, reason } = wanted;
    const product = isProduct(address);
    if (reason === "back") scrollTo(0, state.scroll ?? 0);
    else if (!product && reason !== "close") scrollTo(0, 0);
    else if (product && id === "product") {
      lookalike.part("product").scrollTop = 0;
      if (matchMedia("(max-width: 991px)").matches) scrollTo(0, 0);
      else if (reason === "open") lookalike.showCard(); // the grid has fewer columns now
    }
    lookalike.focus(address, id, reason);
  };

  const linkOf = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || link.origin !== location.origin || link.target || link.hasAttribute("download")) return null;
    if (!link.pathname.startsWith(lookalike.home) || link.getAttribute("href").startsWith("#")) return null;
    if (!PAGES.test(lookalike.within(link.pathname))) return null;
    return link;
  };

  document.addEventListener("click", (event) => {
    const modified = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    const link = linkOf(event);
    if (!link || modified || event.defaultPrevented || !window.dash_clientside?.set_props) return;
    event.preventDefault();
    if (link.matches(".close")) lookalike.close();
    else lookalike.go(addressOf(link));
  });

  // Back to what the main column shows, with the focus on the product that was left.
  lookalike.close = () => {
    if (isProduct(here())) lookalike.go(main, { reason: "close" });
  };

  let pointed = 0;
  const point = (event) => {
    const link = linkOf(event);
    clearTimeout(pointed);
    if (!link) return;
    if (event.type === "pointerover") pointed = setTimeout(() => lookalike.prefetch(addressOf(link)), HOVER);
    else lookalike.prefetch(addressOf(link));
  };
  for (const kind of ["pointerover", "focusin", "pointerdown"]) document.addEventListener(kind, point, { passive: true });

  addEventListener("popstate", (event) => {
    const address = here();
    show(address, event.state ?? stateOf(address), "back");
  });
  history.scrollRestoration = "manual";
  addEventListener("pagehide", remember);

})((window.lookalike ??= {}));
