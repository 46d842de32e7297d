// The search where pages are files, by an index of storefront/export/search.py, which is read once.
((lookalike) => {
  "use strict";
  const PAUSE = 180; // milliseconds without a key after which a text is looked for
  const home = new URL(JSON.parse(document.documentElement.dataset.lookalike).home, location.href);
  const onProduct = location.pathname.startsWith(`${home.pathname}p/`);
  let index = null; // a promise of all products: the words of their titles, other words, and cards
  let typing = 0;

  // A text as words after blanks: small letters without accents, as the server compares them.
  lookalike.folded = (text) => {
    const letters = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
    return letters.split(/[^\p{L}\p{N}\p{Co}]+/u).map((word) => word && ` ${word}`).join("");
  };

  const read = async ({ search, parts }) => {
    const part = async (_, number) => {
      const answer = await fetch(`${search}${number}.json`);
      if (!answer.ok) throw new Error(`${answer.status} for ${answer.url}`);
      return (await answer.json()).map(([title, more, card]) => [lookalike.folded(title), lookalike.folded(more), card]);
    };
    return (await Promise.all(Array.from({ length: Number(parts) }, part))).flat();
  };

  // Products that have each word, or one that begins so; first those that have them in their titles.
  lookalike.matching = (products, text) => {
    const words = lookalike.folded(text).split(/(?= )/);
    if (text.trim() && !words[0]) return [];
    const has = (own) => words.every((word) => own.includes(word));
    const found = products.filter(([title, more]) => has(title + more));
    return [...found.filter(([title]) => has(title)), ...found.filter(([title]) => !has(title))];
  };

  const addressOf = (values) => `${home}search.html?${new URLSearchParams(values)}`;
  const filled = (text, values) => text.replaceAll(/\{(\w+)\}/g, (_, name) => values[name]);
  const made = (element, values) => Object.assign(document.createElement(element), values);

  const show = (place, texts, found, text, wanted) => {
    const count = (number) => number.toLocaleString(document.documentElement.lang);
    const part = (selector) => place.querySelector(selector);
    const shown = Number(place.dataset.shown);
    const pages = Math.max(1, Math.ceil(found.length / shown));
    const page = Math.min(pages, Math.max(1, wanted || 1));
    const counted = filled(found.length === 1 ? texts.products_one : texts.products_many, { count: count(found.length) });
    const where = pages > 1 ? `, ${filled(texts.page_of, { page: count(page), pages: count(pages) })}` : "";
    part("h1").textContent = text ? filled(texts.results_for, { text }) : texts.all_products;
    part(".result-count").textContent = counted + where;
    const { content } = made("template", { innerHTML: found.slice((page - 1) * shown, page * shown).map(([, , card]) => card).join("") });
    lookalike.resolve(content, home);
    if (found.length === 0) content.append(made("li", { className: "nothing", textContent: `${filled(texts.nothing_found, { text })} ${texts.nothing_found_advice}` }));
    part(".product-grid").replaceChildren(content);
    const steps = [[page - 1, texts.previous], [page + 1, texts.next]].filter(([to]) => to > 0 && to <= pages);
    part(".pagination-bar").replaceChildren(...steps.map(([to, textContent]) => made("a", { className: "page-number", href: addressOf({ q: text, page: to }), textContent })));
    part(".pagination-bar").hidden = pages === 1;
  };

  // Show the products that the query of an address finds, on a page that has a place for them.
  lookalike.lookFor = async (query) => {
    const place = document.querySelector("[data-search]");
    if (!place) return;
    const texts = JSON.parse(place.dataset.texts);
    const text = (query.get("q") ?? "").slice(0, 200).trim().split(/\s+/).join(" ");
    try {
      if (location.protocol === "file:") throw new Error("files read no files");
      show(place, texts, lookalike.matching(await (index ??= read(place.dataset)), text), text, Number(query.get("page")));
      if (!onProduct) document.title = document.title.replace(/^.*( – )/, (_, dash) => place.querySelector("h1").textContent + dash);
    } catch {
      index = null;
      place.querySelector(".result-count").textContent = texts.search_needs_server;
    }
  };

  document.addEventListener("input", ({ target }) => {
    if (onProduct || !target.matches?.(".search input") || !document.querySelector("[data-search]")) return;
    clearTimeout(typing);
    typing = setTimeout(() => {
      history.replaceState(null, "", addressOf({ q: target.value }));
      lookalike.lookFor(new URLSearchParams(location.search));
    }, PAUSE);
  });
})((window.lookalike ??= {}));
