// Parts of pages: fetched once, on a click or before it when a link is pointed at, and kept while they are used.
((lookalike) => {
  "use strict";
  const { home, parts } = JSON.parse(document.documentElement.dataset.lookalike);
  const PAGES = /^(p\/.*|map|report|photo|)$/;
  const KEPT = 60; // parts
  const HOVER = 40; // milliseconds of pointing before a part is fetched, so that a pointer passing by fetches none

  const kept = new Map(); // from an address to a promise; the one used last stands last

  const fetched = async (address) => {
    const answer = await fetch(`${parts}?at=${encodeURIComponent(`/${address.slice(home.length)}`)}`);
    if (answer.ok || answer.status === 404) return answer.json();
    throw Object.assign(new Error(`${answer.status} for ${address}`), { status: answer.status });
  };

  const part = (address) => {
    const promise = kept.get(address) ?? fetched(address);
    kept.delete(address);
    kept.set(address, promise);
    promise.catch(() => kept.delete(address)); // asked for again next time
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return promise;
  };

  // All components of a tree, those that are frozen too.
  const nodes = (tree) => {
    if (Array.isArray(tree)) return tree.flatMap((each) => nodes(each));
    return tree?.type ? [tree, ...nodes(tree.props.tree ?? tree.props.children)] : [];
  };

  // Photos of a list, asked for with the very sizes that the page will want.
  const warm = ({ product }) => {
    for (const { type, props } of nodes(product)) {
      const { src, srcSet = "", sizes = "", loading } = props;
      if (type === "Img" && loading !== "lazy") Object.assign(new Image(), { sizes, srcset: srcSet, src });
    }
  };

  // The link of the app to one of its pages that an element stands in.
  const linkAt = (element) => {
    const link = element.closest?.("#react-entry-point a[href]:not(.skip-link)");
    if (link?.origin !== location.origin || link.target || !link.pathname.startsWith(home)) return null;
    return PAGES.test(link.pathname.slice(home.length)) ? link : null;
  };

  let pointed = 0;
  const prefetch = ({ type, target }) => {
    clearTimeout(pointed);
    const link = linkAt(target);
    if (!link || navigator.connection?.saveData) return;
    const address = link.pathname + link.search;
    if (kept.has(address) || address === location.pathname + location.search) return;
    if (type === "pointerdown") part(address).catch(() => {}); // its page asks for the photos in a moment
    else pointed = setTimeout(() => part(address).then(warm, () => {}), HOVER);
  };
  for (const kind of ["pointerover", "focusin", "pointerdown"]) addEventListener(kind, prefetch, { passive: true });

  Object.assign(lookalike, { part, nodes, kept, linkAt });
})((window.lookalike ??= {}));
