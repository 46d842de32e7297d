// What a visitor sees and when, in milliseconds, taken in the page itself before any of its scripts run.
(() => {
  "use strict";
  const PATIENCE = 20000; // milliseconds until something that should appear is given up
  const frame = () => new Promise(requestAnimationFrame);
  const text = (selector) => document.querySelector(selector)?.textContent ?? "";

  // What a promise gives, unless it takes too long.
  const soon = (promise, what) =>
    Promise.race([
      promise,
      new Promise((_, reject) => setTimeout(() => reject(new Error(`${what} took more than ${PATIENCE} ms`)), PATIENCE)),
    ]);

  // Once `isSo`, which is asked whenever the document changes.
  const once = (isSo) =>
    new Promise((resolve, reject) => {
      const observer = new MutationObserver(() => isSo() && done(resolve));
      const timer = setTimeout(() => done(() => reject(new Error(`${isSo} did not come true`))), PATIENCE);
      const done = (settle) => {
        observer.disconnect();
        clearTimeout(timer);
        settle();
      };
      observer.observe(document, { childList: true, subtree: true, characterData: true });
      if (isSo()) done(resolve);
    });

  // The frame in which something has been put in place, and the first one after it.
  const painted = async () => {
    await frame();
    await frame();
    return performance.now();
  };

  const list = () => document.querySelector("#product .similar-grid");
  const isShown = (title) => text("#product h1") === title && list()?.querySelectorAll(".product-card").length === 12;
  const pictures = (place) => [...place.querySelectorAll("img")].map((picture) => picture.decode());

  // From the next click to the 12 products that are similar to the one of this title, and to their pictures.
  const click = async (title) => {
    const clicked = new Promise((resolve) => {
      addEventListener("click", (event) => resolve(event.timeStamp), { capture: true, once: true });
    });
    await once(() => isShown(title));
    const seen = await painted();
    await soon(Promise.all(pictures(list())), `the list of ${title}`);
    const complete = await painted();
    const begun = await clicked;
    return { list: seen - begun, pictures: complete - begun };
  };

  // What the page shows, as far as going back has to restore it.
  const shown = () => ({
    address: location.pathname + location.search,
    product: text("#product h1"),
    similar: list()?.querySelectorAll(".product-card").length ?? 0,
    first: text("#main .product-card .card-name"),
    cards: document.querySelectorAll("#main .product-card").length,
    scroll: Math.round(scrollY),
  });

  // The same once it no longer scrolls.
  const resting = async () => {
    for (let still = 0, at = scrollY; still < 10; at = scrollY) {
      await frame();
      still = scrollY === at ? still + 1 : 0;
    }
    return shown();
  };

  // From a step in the history to the page as it was.
  const step = async (by, before) => {
    const wanted = JSON.stringify(before);
    const begun = performance.now();
    history.go(by);
    do await frame();
    while (JSON.stringify(shown()) !== wanted && performance.now() - begun < PATIENCE);
    if (JSON.stringify(shown()) !== wanted) throw new Error(`${JSON.stringify(shown())} is not ${wanted}`);
    return (await painted()) - begun;
  };

  // Once Dash has taken over, with the photos further down too, so that clicks do not wait for them.
  const settled = async () => {
    await once(() => !document.getElementById("first") && document.querySelector("#main .product-card"));
    for (const picture of document.querySelectorAll("#main img")) picture.loading = "eager";
    await soon(Promise.all(pictures(document.querySelector("#main"))), "the catalogue");
  };

  const load = { lcp: 0, cls: 0, fcp: 0, taken: 0 };
  const watch = (type, note) =>
    new PerformanceObserver((entries) => entries.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("largest-contentful-paint", (entry) => (load.lcp = entry.startTime));
  watch("layout-shift", (entry) => (load.cls += entry.hadRecentInput ? 0 : entry.value));
  watch("paint", (entry) => entry.name === "first-contentful-paint" && (load.fcp = entry.startTime));
  let first = false; // whether the first HTML has been there
  const over = once(() => {
    const there = Boolean(document.getElementById("first"));
    first ||= there;
    return first && !there;
  });
  const loaded = async () => {
    await over;
    return load;
  };
  over.then(
    () => (load.taken = performance.now()),
    () => {}, // the seed's design has none
  );

  window.measured = { click, resting, step, settled, loaded };
})();
