// "Looks similar" on a shop's own pages, from the API of this script's site: a script tag with `data-product`, or the
// element <lookalike-similar product="…">. docs/widget.md says what can be set. What fails shows nothing.
(() => {
  "use strict";

  const NAME = "lookalike-similar";
  const ASKED = ["product", "k", "category", "heading", "lang", "static", "src"];
  const STYLE = "STYLE"; // the site puts lookalike.css here
  const SHOWN = 6;
  const NEAR = "600px 0px"; // how far from the window a list is asked for
  const SIZES = "(max-width: 600px) 44vw, 200px";
  const tag = document.currentScript;
  const home = new URL(".", tag?.src || document.baseURI).href;

  const BANDS = ["very similar", "similar", "loosely similar"];
  const TEXTS = {
    en: ["Looks similar", "Former price", "Very similar", "Similar", "Loosely similar"],
    de: ["Sieht ähnlich aus", "Früherer Preis", "Sehr ähnlich", "Ähnlich", "Entfernt ähnlich"],
  };

  // An element with a class and a part of one name; texts in it stay texts.
  const make = (element, part, content, attributes = {}) => {
    const made = document.createElement(element);
    for (const [name, value] of Object.entries({ class: part, part, ...attributes })) made.setAttribute(name, value);
    made.append(...content.flatMap((each) => (each ? [each, " "] : [])));
    return made;
  };

  // An absolute address of the web, empty for anything else: a shop's table may hold any scheme.
  const web = (address, base) => {
    try {
      const { protocol, href } = new URL(address || "none:", base);
      return /^https?:$/.test(protocol) ? href : "";
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

  const price = ({ price: whole, sale_price: reduced }, lang, before) => {
    const style = { style: "currency", trailingZeroDisplay: "stripIfInteger" };
    const money = ({ amount, currency }) => new Intl.NumberFormat(lang, { ...style, currency }).format(amount);
    const former = whole && reduced && make("del", "former-price", [make("span", "hidden", [before]), money(whole)]);
    return (reduced ?? whole) && make("span", "price", [former, money(reduced ?? whole)]);
  };

  const photo = (image, base) => {
    const frame = make("span", "photo", []);
    const [small, large] = [web(image?.small, base), web(image?.large, base)];
    if (!small || !large) return frame;
    const { width, height, colour } = image;
    const files = { width, height, sizes: SIZES, srcset: `${small} 160w, ${large} 320w`, src: large };
    frame.append(make("img", "image", [], { alt: "", loading: "lazy", decoding: "async", ...files }));
    frame.style.backgroundColor = colour;
    return frame;
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
    const listed = `products/${encodeURIComponent(id)}/similar?${query}`;
    const path = element.hasAttribute("static") ? `similar/${file(id)}.json` : listed;
    const site = (element.getAttribute("src") || home).replace(/\/*$/, "/");
    const answer = await fetch(new URL(`api/v1/${path}`, new URL(site, document.baseURI)), { credentials: "omit" });
    const items = (await answer.json()).similar.filter((item) => !category || item.category === category);
    return [items.slice(0, k), answer.url];
  };

  const section = async (element) => {
    const [items, base] = await similar(element);
    const lang = language(element);
    const [title, before, ...bands] = TEXTS[lang.slice(0, 2)] ?? TEXTS.en;
    const cards = items.flatMap((item) => {
      const href = web(item.link) || web(item.links.page, base);
      const band = bands[BANDS.indexOf(item.band)];
      const words = [make("span", "title", [item.title]), price(item, lang, before)];
      const content = [photo(item.image, base), ...words, band && make("span", "band", [band])];
      return href ? [make("li", "item", [make("a", "card", content, { href })])] : [];
    });
    if (cards.length === 0) return [];
    const heading = make("h2", "heading", [element.getAttribute("heading") || title], { id: "heading" });
    const list = make("ul", "list", cards, { role: "list" }); // which Safari forgets of lists without bullets
    return [make("section", "section", [heading, list], { "aria-labelledby": "heading" })];
  };

  class Similar extends HTMLElement {
    static observedAttributes = ASKED;
    #near = new IntersectionObserver((seen) => seen.at(-1).isIntersecting && this.#show(), { rootMargin: NEAR });
    #turn = 0;

    constructor() {
      super();
      const style = new CSSStyleSheet(); // which a page's policy on inline styles lets in
      style.replaceSync(STYLE);
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [style];
    }

    connectedCallback() {
      this.disconnectedCallback();
      this.#near.observe(this);
    }

    disconnectedCallback() {
      this.#near.disconnect();
      this.#turn += 1;
    }

    attributeChangedCallback(name, before, now) {
      if (this.isConnected && before !== now) this.connectedCallback();
    }

    async #show() {
      this.#near.disconnect();
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
    const given = { ...tag.dataset, src: tag.dataset.src || home };
    for (const name of [...ASKED, "theme"]) if (name in given) element.setAttribute(name, given[name]);
    tag.after(element);
  }
})();
