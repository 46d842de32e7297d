// Grids by keyboard, the focus after a change, and which link is the present page.
((lookalike) => {
  "use strict";
  const leadsTo = (address) => (link) => lookalike.addressOf(link) === address;
  const linkTo = (address, within) => [...(within?.querySelectorAll("a[href]") ?? [])].find(leadsTo(address));

  // The place that a key leads to in a grid of `count` cards in rows of `columns`; the same place at an edge.
  lookalike.stepped = (key, place, count, columns) => {
    const to = {
      ArrowRight: place + 1,
      ArrowLeft: place - 1,
      ArrowDown: place + columns,
      ArrowUp: place - columns,
      Home: 0,
      End: count - 1,
    }[key];
    return to >= 0 && to < count ? to : place;
  };

  const columnsOf = (grid) => getComputedStyle(grid).gridTemplateColumns.split(" ").length;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const card = event.target.closest?.("[data-keys=grid] a");
    if (card && /^(Arrow|Home$|End$)/.test(event.key)) {
      const cards = [...card.closest("[data-keys=grid]").querySelectorAll("a")];
      const to = lookalike.stepped(event.key, cards.indexOf(card), cards.length, columnsOf(card.closest("[data-keys=grid]")));
      cards[to].focus();
      event.preventDefault();
    }
    if (event.key === "Escape" && !event.target.matches?.("input, select, textarea")) lookalike.close();
  });

  let left = ""; // the product that was shown before the present page

  lookalike.focus = (address, id, reason) => {
    if (reason === "typing") return;
    const product = lookalike.part("product");
    if (reason === "close") {
      linkTo(left, lookalike.part("main"))?.focus();
      return;
    }
    const of = lookalike.isProduct(address) && product.hasChildNodes() ? "product" : "main";
    if (of === id || of === "main") lookalike.part(of).querySelector("h1")?.focus({ preventScroll: true });
  };

  // The card of the product that is shown, with the grid around it.
  lookalike.showCard = () => document.querySelector("#main .product-card[aria-current]")?.scrollIntoView({ block: "nearest" });

  // `aria-current` on the cards of the product that is shown and on the page's own link.
  lookalike.mark = (address) => {
    if (lookalike.isProduct(address)) left = address;
    for (const card of document.querySelectorAll(".product-card[aria-current]")) card.removeAttribute("aria-current");
    for (const card of [...document.querySelectorAll(".product-card")].filter(leadsTo(address))) {
      card.setAttribute("aria-current", "true");
    }
    const { pathname } = new URL(address, location.href);
    for (const link of document.querySelectorAll(".site-nav a")) {
      link.toggleAttribute("aria-current", link.pathname === pathname);
      if (link.pathname === pathname) link.setAttribute("aria-current", "page");
    }
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href);
    lookalike.say(button.dataset.copied);
    button.textContent = button.dataset.copied;
  });

  // Read out, and for a while to be seen.
  lookalike.say = (text) => {
    const region = lookalike.part("announcement");
    if (region) region.textContent = text;
  };
  lookalike.alert = (text) => {
    const bar = Object.assign(document.createElement("div"), { className: "alert-bar", textContent: text });
    bar.setAttribute("role", "alert");
    document.body.append(bar);
    setTimeout(() => bar.remove(), 6000);
  };
})((window.lookalike ??= {}));
