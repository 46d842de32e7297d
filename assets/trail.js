// The last products that were looked at, kept for this tab.
((lookalike) => {
  "use strict";
  const LENGTH = 8;
  const KEY = "lookalike-trail";

  // The trail with one more product at its end; a product has one place.
  lookalike.trailed = (trail, address, product) =>
    [...trail.filter((each) => each.address !== address), { address, ...product }].slice(-LENGTH);

  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(KEY)) ?? [];
    } catch {
      return []; // a browser without storage has no trail but goes on
    }
  };
  const write = (trail) => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(trail));
    } catch {
      /* as above */
    }
  };

  lookalike.visited = (address, product) => {
    if (product) write(lookalike.trailed(read(), address, product));
  };

  // The product of the first HTML, which no other page led to.
  lookalike.arrived = (address) => {
    const product = document.querySelector("#product .product");
    if (!product) return;
    const [photo = ""] = product.querySelector(".product-head img")?.srcset.split(" ") ?? [];
    lookalike.visited(address, { title: product.querySelector("h1").textContent, photo });
  };

  const step = ({ address, title, photo }, present) => {
    const link = Object.assign(document.createElement("a"), { href: address, title });
    if (address === present) link.setAttribute("aria-current", "page");
    if (photo) link.append(Object.assign(new Image(40, 40), { src: photo, alt: title }));
    else link.textContent = title;
    return link;
  };

  lookalike.drawTrail = (present) => {
    const place = document.querySelector(".trail");
    place?.replaceChildren(...read().map((each) => step(each, present)));
  };
})((window.lookalike ??= {}));
