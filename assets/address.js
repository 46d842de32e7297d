// Addresses of this site, which may stand below a path of its host, as browsers write them: path and query.
((lookalike) => {
  "use strict";
  const { root = "/" } = document.documentElement.dataset; // where the site stands, from the page

  lookalike.home = new URL(root, location.href).pathname;
  lookalike.here = () => location.pathname + location.search;
  lookalike.addressOf = (link) => link.pathname + link.search;
  lookalike.isProduct = (address) => address.startsWith(`${lookalike.home}p/`);

  // What an address is within the site, as the server knows it: `/p/ID`.
  lookalike.within = (address) =>
    address.startsWith(lookalike.home) ? `/${address.slice(lookalike.home.length)}` : "/";
})((window.lookalike ??= {}));
