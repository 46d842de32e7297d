// Pages as JSON, fetched once: on a click, or before it when a link is pointed at.
((lookalike) => {
  "use strict";
  const KEPT = 60; // pages
  const pages = new Map(); // address to page, or to a promise of it; the one used last stands last

  const source = (address) =>
    `${lookalike.home}page/${document.documentElement.dataset.build}?at=${encodeURIComponent(lookalike.within(address))}`;

  const fetched = async (address) => {
    const answer = await fetch(source(address), { headers: { Accept: "application/json" } });
    if (!answer.ok && answer.status !== 404) throw new Error(`${answer.status} for ${address}`);
    return answer.json();
  };

  const keep = (address, page) => {
    pages.delete(address);
    pages.set(address, page);
    if (pages.size > KEPT) pages.delete(pages.keys().next().value);
    return page;
  };

  // The page itself when it is here, else a promise of it. What failed is asked for again next time.
  lookalike.page = (address) => {
    if (pages.has(address)) return keep(address, pages.get(address));
    const promise = fetched(address).then(
      (page) => keep(address, page),
      (error) => {
        pages.delete(address);
        throw error;
      },
    );
    return keep(address, promise);
  };

  // Photos of a list, asked for with the very sizes that the page will want, unless it is shown meanwhile.
  const warm = (address, page) => {
    if (!page.product || address === lookalike.here()) return;
    const photos = new DOMParser().parseFromString(page.product, "text/html").images;
    for (const { srcset, sizes, src, loading } of photos) {
      if (loading !== "lazy") Object.assign(new Image(), { sizes, srcset, src });
    }
  };

  lookalike.prefetch = (address) => {
    if (pages.has(address) || navigator.connection?.saveData) return;
    Promise.resolve(lookalike.page(address)).then((page) => warm(address, page), () => {});
  };

  lookalike.pages = pages;
})((window.lookalike ??= {}));
