// The search where pages are files: fills the page of storefront/export/search.py from its index.
(() => {
  "use strict";
  const place = document.querySelector("[data-search]");
  const part = (selector) => place.querySelector(selector);
  const texts = JSON.parse(place.dataset.texts);
  const query = new URLSearchParams(location.search);
  const wanted = (query.get("q") ?? "").slice(0, 200).trim().split(/\s+/).join(" ");
  document.querySelector(".search input").value = wanted;

  // A text as words after blanks: small letters without accents, as the server compares them.
  const folded = (text) => {
    const letters = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
    return letters.split(/[^\p{L}\p{N}\p{Co}]+/u).map((word) => word && ` ${word}`).join("");
  };
  const read = async (_, number) => {
    const answer = await fetch(`${place.dataset.search}${number}.json`);
    return answer.json();
  };

  // The cards of products that have each word, or one that begins so; first those that have them in their titles.
  const matching = (products) => {
    const words = folded(wanted).split(/(?= )/);
    if (wanted && !words[0]) return [];
    const has = (text) => words.every((word) => folded(text).includes(word));
    const found = products.filter(([title, more]) => has(`${title} ${more}`));
    const sorted = [...found.filter(([title]) => has(title)), ...found.filter(([title]) => !has(title))];
    return sorted.map(([, , card]) => card);
  };

  const show = (cards) => {
    const shown = Number(place.dataset.shown);
    const pages = Math.max(1, Math.ceil(cards.length / shown));
    const page = Math.min(pages, Math.max(1, Number(query.get("page")) || 1));
    const count = (number) => number.toLocaleString(document.documentElement.lang);
    const values = { text: wanted, count: count(cards.length), page: count(page), pages: count(pages) };
    const said = (name) => texts[name].replaceAll(/\{(\w+)\}/g, (_, value) => values[value]);
    part("h1").textContent = said(wanted ? "results_for" : "all_products");
    document.title = document.title.replace(/^.*( – )/, (_, dash) => part("h1").textContent + dash);
    part(".result-count").textContent = said(cards.length === 1 ? "products_one" : "products_many");
    if (pages > 1) part(".result-count").append(`, ${said("page_of")}`);
    part("ul").innerHTML = cards.slice((page - 1) * shown, page * shown).join("");
    if (cards.length === 0) part(".nothing").textContent = `${said("nothing_found")} ${texts.nothing_found_advice}`;
    for (const [link, to] of [page - 1, page + 1].entries()) {
      const { children } = part("nav");
      children[link].hidden = to < 1 || to > pages;
      children[link].href = `?${new URLSearchParams({ q: wanted, page: to })}`;
    }
  };

  const find = async () => {
    if (location.protocol === "file:") throw new Error("files read no files");
    const index = await Promise.all(Array.from({ length: Number(place.dataset.parts) }, read));
    show(matching(index.flat()));
  };
  find().catch(() => (part(".result-count").textContent = texts.search_needs_server));
})();
