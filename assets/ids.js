// The ids of storefront/ids.py, and what the parts of the page say to each other.
((lookalike) => {
  "use strict";
  lookalike.ids = {
    first: "first",
    shell: "shell",
    header: "header",
    content: "content",
    main: "main",
    product: "product",
    announcement: "announcement",
  };
  lookalike.part = (name) => document.getElementById(lookalike.ids[name]);
})((window.lookalike ??= {}));
