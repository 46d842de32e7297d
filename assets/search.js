// The search box, the choice of order, and the key that leads to the search.
((lookalike) => {
  "use strict";
  const PAUSE = 180; // milliseconds without a key after which a text is looked for

  // The address of a form: its fields that are not empty.
  lookalike.asked = (form) => {
    const fields = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
    const told = fields.filter(([name, value]) => value && !(name === "sort" && value === "relevance"));
    const query = new URLSearchParams(told).toString();
    return query ? `${lookalike.home}?${query}` : lookalike.home;
  };

  const ready = () => Boolean(window.dash_clientside?.set_props);
  let timer = 0;
  let typing = false; // whether the present address was made by typing, and the next one takes its place

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form.search");
    if (!form) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!ready()) return;
      lookalike.go(lookalike.asked(form), { replace: typing, reason: "typing" });
      typing = true;
    }, PAUSE);
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form.sorting");
    if (form && ready()) lookalike.go(lookalike.asked(form), { reason: "sorted" });
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("form.search, form.sorting");
    if (!form || !ready()) return;
    event.preventDefault();
    clearTimeout(timer);
    lookalike.go(lookalike.asked(form), { replace: typing });
    typing = false;
  });

  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("form.search input")) typing = false;
  });

  document.addEventListener("keydown", (event) => {
    const writing = event.target.matches?.("input, textarea, select");
    if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    document.querySelector("form.search input").select();
    document.querySelector("form.search input").focus();
  });

  // The box says what is looked for, also after Back.
  lookalike.searched = (address) => {
    const box = document.querySelector("form.search input");
    if (box && box !== document.activeElement) box.value = new URL(address, location.href).searchParams.get("q") ?? "";
  };
})((window.lookalike ??= {}));
