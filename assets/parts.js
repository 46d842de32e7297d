// Parts of pages: fetched once, on a click or before it when a link is pointed at, and kept while they are used.
((lookalike) => {
  "use strict";
  const { home, parts } = JSON.parse(document.documentElement.dataset.lookalike);
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
  const nodes = (tree) =>
    Array.isArray(tree) ? tree.flatMap((each) => nodes(each)) : tree?.type ? [tree, ...nodes(tree.props.tree ?? tree.props.children)] : [];

  // Photos of a list, asked for with the very sizes that the page will want.
  const warm = ({ product }) => {
    for (const { type, props } of nodes(product)) {
      const { src, srcSet = "", sizes = "", loading } = props;
      if (type === "Img" && loading !== "lazy") Object.assign(new Image(), { sizes, srcset: srcSet, src });
    }
  };

  const prefetch = (address) => {
    if (kept.has(address) || address === location.pathname + location.search || navigator.connection?.saveData) return;
    part(address).then(warm, () => {});
  };

  let pointed = 0;
  const point = ({ type, target }) => {
    clearTimeout(pointed);
    const link = target.closest?.("#react-entry-point a[href]");
    if (link?.origin !== location.origin || link.getAttribute("href").startsWith("#") || !/^(p\/.*|map|report|photo|)$/.test(link.pathname.slice(home.length))) return;
    const address = link.pathname + link.search;
    if (type === "pointerover") pointed = setTimeout(prefetch, HOVER, address);
    else prefetch(address);
  };
  for (const kind of ["pointerover", "focusin", "pointerdown"]) document.addEventListener(kind, point, { passive: true });

  Object.assign(lookalike, { part, nodes, kept });
})((window.lookalike ??= {}));
