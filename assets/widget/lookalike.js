// "Looks similar" on a shop's own pages, from the API of this script's site: a script tag with `data-product`, or the
// element <lookalike-similar product="…">. docs/widget.md says what can be set. What fails shows nothing.
(() => {
  "use strict";

  const NAME = "lookalike-similar";
  const ASKED = ["product", "k", "category", "heading", "lang", "static", "src"];
  const SHOWN = 6;
  const NEAR = "600px 0px"; // how far from the window a list is asked for
  const SIZES = "(max-width: 600px) 44vw, 200px";
  const tag = document.currentScript;
  const home = new URL(".", tag?.src || document.baseURI).href;

  const TEXTS = {
    en: {
      heading: "Looks similar",
      before: "Former price",
      bands: { "very similar": "Very similar", similar: "Similar", "loosely similar": "Loosely similar" },
    },
    de: {
      heading: "Sieht ähnlich aus",
      before: "Früherer Preis",
      bands: { "very similar": "Sehr ähnlich", similar: "Ähnlich", "loosely similar": "Entfernt ähnlich" },
    },
  };

  // Colours are the page's own unless a theme is asked for. Cards share the width, and slide where they would be narrow.
  const STYLE = `
    :host { display: block; --la-ink: initial; --la-quiet: initial; --la-accent: initial; }
    :host([hidden]) { display: none; }
    section {
      --line: var(--lookalike-line, color-mix(in srgb, currentColor 16%, transparent));
      --gap: var(--lookalike-gap, 16px);
      --quiet: var(--lookalike-quiet, var(--la-quiet, color-mix(in srgb, currentColor 78%, transparent)));
      margin-block: 1.5em;
      color: var(--lookalike-ink, var(--la-ink, inherit));
      font-weight: 400; line-height: 1.35; text-align: start;
    }
    h2 { margin: 0 0 12px; font-size: 1.25em; font-weight: 700; line-height: 1.25; text-wrap: balance; }
    ul {
      display: grid; grid: repeat(4, auto) / auto-flow; gap: 0 var(--gap);
      grid-auto-columns: max(
        var(--lookalike-card, 9.5em),
        (100% - var(--gap) * (var(--lookalike-columns, ${SHOWN}) - 1)) / var(--lookalike-columns, ${SHOWN})
      );
      margin: -6px; padding: 6px; list-style: none;
      overflow: auto hidden; overscroll-behavior-x: contain;
      scroll-padding-inline: 6px; scroll-snap-type: x proximity;
      scrollbar-width: thin; scrollbar-color: var(--line) transparent;
    }
    li, a { display: grid; grid-row: span 4; grid-template-rows: subgrid; min-width: 0; }
    li { scroll-snap-align: start; }
    a { border-radius: var(--lookalike-radius, 12px); color: inherit; text-decoration: none; }
    a:focus-visible { outline: 3px solid var(--lookalike-accent, var(--la-accent, currentColor)); outline-offset: 2px; }
    .photo {
      display: block; box-sizing: border-box; aspect-ratio: 1; margin-bottom: 8px; overflow: hidden;
      border: 1px solid var(--line); border-radius: var(--lookalike-radius, 12px); background: #fff;
    }
    img { display: block; width: 100%; height: 100%; object-fit: contain; }
    .title {
      display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 2;
      font-size: .94em; font-weight: 600; overflow-wrap: anywhere;
    }
    a:hover .title { text-decoration: underline; text-underline-offset: 3px; }
    .price { grid-row: 3; margin-top: 3px; font-size: .9em; font-variant-numeric: tabular-nums; }
    .band { grid-row: 4; margin-top: 3px; }
    .band, del { color: var(--quiet); font-size: .82em; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    :host([theme]) { --la-ink: #1b1c1d; --la-quiet: #5c6064; --la-accent: #0b57d0; --la-ground: #fff; }
    :host([theme="dark"]) { --la-ink: #e8eaed; --la-quiet: #a3a9b0; --la-accent: #8ab4f8; --la-ground: #121416; }
    :host([theme]) section { padding: 16px; border-radius: 14px; background: var(--lookalike-ground, var(--la-ground)); }
    @media (prefers-color-scheme: dark) {
      :host([theme="auto"]) { --la-ink: #e8eaed; --la-quiet: #a3a9b0; --la-accent: #8ab4f8; --la-ground: #121416; }
    }
    @media (prefers-reduced-motion: no-preference) { ul { scroll-behavior: smooth; } }
  `;

  // An element with a class and a part of one name; texts in it stay texts.
  const make = (element, part, content, properties = {}) => {
    const made = Object.assign(document.createElement(element), { className: part, ...properties });
    made.part.add(part);
    made.append(...content.flatMap((each) => (each ? [each, " "] : [])));
    return made;
  };

  // An absolute address of the web, empty for anything else: a shop's table may hold any scheme.
  const web = (address, base) => {
    if (!address) return "";
    try {
      const url = new URL(address, base);
      return /^https?:$/.test(url.protocol) ? url.href : "";
    } catch {
      return "";
    }
  };

  const language = (element) => {
    try {
      return Intl.getCanonicalLocales(element.closest("[lang]")?.lang || navigator.language)[0];
    } catch {
      return "en";
    }
  };

  const money = ({ amount, currency }, lang) =>
    new Intl.NumberFormat(lang, { style: "currency", currency, trailingZeroDisplay: "stripIfInteger" }).format(amount);

  const price = (item, lang, texts) => {
    const paid = item.sale_price ?? item.price;
    if (!paid) return null;
    const before = item.sale_price && item.price;
    const named = () => [make("span", "hidden", [texts.before]), money(before, lang)];
    return make("span", "price", [before && make("del", "former-price", named()), money(paid, lang)]);
  };

  const photo = (image, base) => {
    const frame = make("span", "photo", []);
    const [small, large] = [web(image?.small, base), web(image?.large, base)];
    if (!small || !large) return frame;
    const { width, height } = image;
    const lazy = { alt: "", loading: "lazy", decoding: "async", width, height, sizes: SIZES };
    frame.style.backgroundColor = image.colour;
    frame.append(make("img", "image", [], { ...lazy, srcset: `${small} 160w, ${large} 320w`, src: large }));
    return frame;
  };

  const card = (item, href, base, lang, texts) => {
    const band = texts.bands[item.band];
    const content = [
      photo(item.image, base),
      make("span", "title", [item.title]),
      price(item, lang, texts),
      band && make("span", "band", [band]),
    ];
    return make("li", "item", [make("a", "card", content, { href })]);
  };

  // The file that a static export has for a product: its id percent-encoded, which the address is once more.
  const file = (id) => {
    const code = (letter) => `%${letter.codePointAt(0).toString(16).toUpperCase()}`;
    return encodeURIComponent(encodeURIComponent(id).replaceAll(/[!'()*]|^\./g, code));
  };

  // The similar products, and the address from which those in it are counted.
  const similar = async (element) => {
    const [id, category] = ["product", "category"].map((name) => element.getAttribute(name) ?? "");
    if (!id) return [[], ""];
    const k = Math.min(Math.max(Math.trunc(element.getAttribute("k")) || SHOWN, 1), 100);
    const query = new URLSearchParams(category ? { category, k } : { k });
    const path = element.hasAttribute("static")
      ? `similar/${file(id)}.json`
      : `products/${encodeURIComponent(id)}/similar?${query}`;
    const site = (element.getAttribute("src") || home).replace(/\/*$/, "/");
    const answer = await fetch(new URL(`api/v1/${path}`, new URL(site, document.baseURI)), { credentials: "omit" });
    if (!answer.ok) return [[], ""];
    const listed = (await answer.json()).similar.filter((item) => !category || item.category === category);
    return [listed.slice(0, k), answer.url];
  };

  const section = async (element) => {
    const [items, base] = await similar(element);
    const lang = language(element);
    const texts = TEXTS[lang.slice(0, 2)] ?? TEXTS.en;
    const cards = items
      .map((item) => [item, web(item.link) || web(item.links.page, base)])
      .filter(([, href]) => href)
      .map(([item, href]) => card(item, href, base, lang, texts));
    if (cards.length === 0) return [];
    const heading = make("h2", "heading", [element.getAttribute("heading") || texts.heading], { id: "heading" });
    const list = make("ul", "list", cards);
    list.setAttribute("role", "list"); // which Safari forgets of lists without bullets
    const made = make("section", "section", [heading, list]);
    made.setAttribute("aria-labelledby", "heading");
    return [made];
  };

  class Similar extends HTMLElement {
    static observedAttributes = ASKED;
    #near = null;
    #turn = 0;

    constructor() {
      super();
      const style = new CSSStyleSheet(); // which a page's policy on inline styles lets in
      style.replaceSync(STYLE);
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [style];
    }

    connectedCallback() {
      this.#near?.disconnect();
      this.#turn += 1;
      this.#near = new IntersectionObserver((seen) => {
        if (!seen.some((each) => each.isIntersecting)) return;
        this.#near.disconnect();
        this.#show();
      }, { rootMargin: NEAR });
      this.#near.observe(this);
    }

    disconnectedCallback() {
      this.#near.disconnect();
      this.#turn += 1;
    }

    attributeChangedCallback(name, before, now) {
      if (this.isConnected && this.#near && before !== now) this.connectedCallback();
    }

    async #show() {
      const turn = this.#turn;
      const made = await section(this).catch(() => []);
      if (turn !== this.#turn) return; // something else is asked for meanwhile
      this.shadowRoot.replaceChildren(...made);
      const detail = { product: this.getAttribute("product"), count: this.shadowRoot.querySelectorAll("li").length };
      const type = made.length > 0 ? "lookalike:shown" : "lookalike:empty";
      this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
    }
  }

  if (!customElements.get(NAME)) customElements.define(NAME, Similar);

  if (tag?.dataset.product) {
    const element = document.createElement(NAME);
    for (const name of [...ASKED, "theme"]) if (name in tag.dataset) element.setAttribute(name, tag.dataset[name]);
    if (!tag.dataset.src) element.setAttribute("src", home);
    tag.after(element);
  }
})();
