// The search where pages are files: words of all products, read once, and cards as storefront/cards.py makes them.
((lookalike) => {
  "use strict";
  const PAUSE = 180; // milliseconds without a key after which a text is looked for

  let products = null; // all of them, or a promise
  let typing = 0;

  const home = new URL(JSON.parse(document.documentElement.dataset.lookalike).home, location.href).pathname;
  const onProduct = location.pathname.startsWith(`${home}p/`);
  const place = () => document.querySelector("[data-search]");

  // A text as words between blanks: small letters without accents, as the server compares them.
  lookalike.folded = (text) =>
    ` ${text
      .normalize("NFKD")
      .replaceAll(/\p{M}/gu, "")
      .toLowerCase()
      .split(/[^\p{L}\p{N}\p{Co}]+/u)
      .filter(Boolean)
      .join(" ")}`;

  // The name of the file of an id, as storefront/files.py has it, unless it is told.
  const nameOf = (id) =>
    encodeURIComponent(id).replaceAll(/[!'()*]|^\./g, (sign) => `%${sign.codePointAt(0).toString(16).toUpperCase()}`);

  const rows = ({ ids, titles, photos, prices, brands, brand, kinds, kind, former, sold, named }) => {
    const without = new Set(sold);
    return ids.map((id, at) => ({
      name: named[at] ?? nameOf(id),
      title: titles[at],
      photo: photos[at],
      price: prices[at],
      former: former[at],
      sold: without.has(at),
      category: kinds[kind[at]].split(">").at(-1).trim(),
      titled: lookalike.folded(titles[at]),
      words: lookalike.folded(`${titles[at]} ${brands[brand[at]]} ${kinds[kind[at]]} ${id}`),
    }));
  };

  const read = async ({ search, parts }) => {
    const all = await Promise.all(
      Array.from({ length: Number(parts) }, async (_, number) => {
        const answer = await fetch(`${search}${number}.json`);
        if (!answer.ok) throw new Error(`${answer.status} for ${search}`);
        return rows(await answer.json());
      }),
    );
    return all.flat();
  };

  // Products that have each word, or one that begins so; those first that have them in their titles.
  lookalike.matching = (from, text) => {
    const words = lookalike.folded(text).split(" ").filter(Boolean);
    if (text.trim() && words.length === 0) return [];
    const found = from.filter((each) => words.every((word) => each.words.includes(` ${word}`)));
    const titled = (each) => words.every((word) => each.titled.includes(` ${word}`));
    return [...found.filter((each) => titled(each)), ...found.filter((each) => !titled(each))];
  };

  const made = (element, className, ...content) => {
    const node = Object.assign(document.createElement(element), { className });
    node.append(...content);
    return node;
  };

  const picture = (product, { images, sizes }, texts, eager) => {
    if (!product.photo) return made("span", "picture picture-none", texts.no_photo);
    const path = `${images}${product.photo.slice(0, 2)}/${product.photo.slice(2)}`;
    const image = Object.assign(new Image(), { alt: "", decoding: "async", loading: eager ? "eager" : "lazy", sizes });
    image.srcset = `${path}-160.webp 160w, ${path}-320.webp 320w`;
    image.src = `${path}-320.webp`;
    return made("span", "picture", image);
  };

  const price = ({ sold, former, price: paid }, texts) => {
    if (sold) return [made("span", "badge bg-sold-out rounded-pill", texts.sold_out)];
    if (!former) return paid ? [made("span", "price", paid)] : [];
    const before = made("del", "former-price", made("span", "visually-hidden", `${texts.former_price} `), former);
    return [made("span", "price", before, " ", paid)];
  };

  const card = (product, told, texts, eager) => {
    const foot = made("span", "card-foot", made("span", "card-category", product.category), " ", ...price(product, texts));
    const name = made("span", "card-name", product.title);
    const link = made("a", "card product-card", picture(product, told, texts, eager), name, " ", foot);
    link.href = `${home}p/${encodeURIComponent(product.name)}.html`;
    return made("li", "", link);
  };

  const filled = (text, values) => text.replaceAll(/\{(\w+)\}/g, (_, name) => values[name]);
  const count = (number) => number.toLocaleString(document.documentElement.lang);

  const steps = (text, page, pages, texts) => {
    const step = (to, label) => {
      const link = made("a", "page-number", label);
      link.href = `${home}search.html?${new URLSearchParams({ q: text, page: to })}`;
      return link;
    };
    return [...(page > 1 ? [step(page - 1, texts.previous)] : []), ...(page < pages ? [step(page + 1, texts.next)] : [])];
  };

  const show = (element, text, wanted) => {
    const told = element.dataset;
    const texts = JSON.parse(told.texts);
    const found = lookalike.matching(products, text);
    const pages = Math.max(1, Math.ceil(found.length / told.shown));
    const page = Math.min(pages, Math.max(1, wanted || 1));
    const shown = found.slice((page - 1) * told.shown, page * told.shown);
    const counted = filled(found.length === 1 ? texts.products_one : texts.products_many, { count: count(found.length) });
    const where = pages > 1 ? `, ${filled(texts.page_of, { page: count(page), pages: count(pages) })}` : "";
    const heading = text ? filled(texts.results_for, { text }) : texts.all_products;
    element.querySelector("h1").textContent = heading;
    element.querySelector(".result-count").textContent = counted + where;
    const cards = shown.map((product, at) => card(product, told, texts, at < 6));
    const nothing = `${filled(texts.nothing_found, { text })} ${texts.nothing_found_advice}`;
    element.querySelector(".product-grid").replaceChildren(...(cards.length > 0 ? cards : [made("li", "nothing", nothing)]));
    const bar = element.querySelector(".pagination-bar");
    bar.replaceChildren(...steps(text, page, pages, texts));
    bar.hidden = pages === 1;
    return heading;
  };

  // Show what the query of an address finds, where the page has a place for it.
  lookalike.lookFor = async (query) => {
    const element = place();
    if (!element) return;
    try {
      if (location.protocol === "file:") throw new Error("files read no files");
      products ??= read(element.dataset);
      products = await products;
    } catch {
      products = null;
      element.querySelector(".result-count").textContent = JSON.parse(element.dataset.texts).search_needs_server;
      return;
    }
    const text = (query.get("q") ?? "").slice(0, 200).trim().split(/\s+/).join(" ");
    const heading = show(element, text, Number(query.get("page")));
    if (!onProduct) document.title = document.title.replace(/^.*( – )/, () => `${heading} – `);
  };

  const asked = () => `${home}search.html?${new URLSearchParams({ q: document.querySelector(".search input").value })}`;
  const onSearch = () => place() && !onProduct;

  document.addEventListener("input", (event) => {
    if (!event.target.matches?.(".search input") || !onSearch()) return;
    clearTimeout(typing);
    typing = setTimeout(() => {
      history.replaceState(null, "", asked());
      lookalike.lookFor(new URLSearchParams(location.search));
    }, PAUSE);
  });
})((window.lookalike ??= {}));
