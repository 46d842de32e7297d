// The search by photo: chosen, dropped, pasted or taken, framed, and sent as a small picture without what cameras note.
((lookalike) => {
  "use strict";
  const ADDRESS = `${lookalike.home}photo`;
  const SIDE = 800; // pixels of what is sent, which networks see in fewer than half as many
  const SHOWN = 1200; // pixels of what is kept to be framed
  const QUALITY = 0.9;
  const PAUSE = 250; // milliseconds after which a frame that rests is searched with
  const TRIES = 3; // when many send photos at once
  const LONGEST = 5; // seconds that are waited for a turn

  let now = null; // the page that is shown
  let kept = null; // the last photo of this visit: what is searched with, its frame, and what was found

  const drawn = (source, from, most) => {
    const scale = Math.min(1, most / Math.max(from.width, from.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(from.width * scale));
    canvas.height = Math.max(1, Math.round(from.height * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; // behind what is transparent, as in the catalogue
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(source, from.left, from.top, from.width, from.height, 0, 0, canvas.width, canvas.height);
    return canvas;
  };

  // The photo upright and not larger than it has to be, or nothing where this browser does not know its format.
  const opened = async (file) => {
    try {
      const bitmap = await createImageBitmap(file);
      const canvas = drawn(bitmap, { left: 0, top: 0, width: bitmap.width, height: bitmap.height }, SHOWN);
      bitmap.close();
      return canvas;
    } catch {
      return null;
    }
  };

  // What is sent: the framed part as a JPEG, or the file itself, which the server may know.
  const content = ({ file, picture, box }) => {
    if (!picture) return file;
    const { width, height } = picture;
    const part = { left: box.left * width, top: box.top * height, width: box.width * width, height: box.height * height };
    return new Promise((resolve) => {
      drawn(picture, part, SIDE).toBlob(resolve, "image/jpeg", QUALITY);
    });
  };

  const rest = (seconds) =>
    new Promise((resolve) => {
      setTimeout(resolve, 1000 * seconds);
    });

  const answered = async (body, signal, tries = TRIES) => {
    const type = body.type.startsWith("image/") ? body.type : "application/octet-stream";
    const headers = { Accept: "application/json", "Content-Type": type };
    const answer = await fetch(ADDRESS, { method: "POST", headers, body, signal });
    const after = Number(answer.headers.get("Retry-After") ?? LONGEST);
    if (answer.status !== 429 || tries === 1 || after >= LONGEST) return answer.json();
    await rest(after);
    return answered(body, signal, tries - 1);
  };

  const place = (photo) => {
    if (!now || kept !== photo) return;
    now.results.innerHTML = photo.results; // made by the server, as every page is
    now.results.removeAttribute("aria-busy");
  };

  const wait = () => {
    now.results.setAttribute("aria-busy", "true");
    lookalike.say(now.element.dataset.looking);
    if (now.results.querySelector(".product-card")) return; // which stay, paler, until the others are here
    const said = Object.assign(document.createElement("p"), { className: "nothing", textContent: now.element.dataset.looking });
    now.results.replaceChildren(said);
  };

  // Ask what looks like the photo, or the framed part of it; whatever was asked before is no longer wanted.
  const search = async (photo) => {
    photo.asked?.abort();
    const asking = new AbortController();
    photo.asked = asking;
    wait();
    let found = null;
    try {
      found = await answered(await content(photo), asking.signal);
    } catch {
      if (asking.signal.aborted) return;
      const { failed, offline } = { ...document.documentElement.dataset, ...now?.element.dataset };
      const said = navigator.onLine ? failed : offline;
      const shown = Object.assign(document.createElement("p"), { className: "nothing", textContent: said });
      found = { announcement: said, results: shown.outerHTML };
    }
    if (photo.asked !== asking || kept !== photo) return;
    photo.results = found.results;
    place(photo);
    lookalike.say(found.announcement);
  };

  const stage = (photo) => {
    now.element.toggleAttribute("data-has", true);
    now.stage.hidden = !photo.picture;
    if (!photo.picture) return;
    const { canvas } = now;
    Object.assign(canvas, { width: photo.picture.width, height: photo.picture.height });
    canvas.getContext("2d").drawImage(photo.picture, 0, 0);
    now.frame(photo.box, false);
  };

  const take = async (file) => {
    kept?.asked?.abort();
    const picture = await opened(file);
    kept = { file, picture, box: lookalike.WHOLE, results: "", asked: null };
    if (!now) return;
    stage(kept);
    await search(kept);
  };

  let timer = 0;
  const boxed = (box, rests) => {
    if (!kept || !now) return;
    kept.box = box;
    now.whole.disabled = box.width === 1 && box.height === 1;
    clearTimeout(timer);
    if (rests) timer = setTimeout(() => search(kept), PAUSE);
  };

  const listen = (element) => {
    element.addEventListener("change", ({ target }) => {
      const [file] = target.files ?? [];
      target.value = ""; // so that the same file can be chosen again
      if (file) take(file);
    });
    now.whole.addEventListener("click", () => now.frame(lookalike.WHOLE, true));
  };

  // Make the page of the search work, if it is shown and does not work yet; with the last photo, if there is one.
  lookalike.showPhoto = () => {
    const element = document.querySelector("[data-by-photo]");
    if (element === (now?.element ?? null)) return;
    now = null;
    if (!element) return;
    now = {
      element,
      stage: element.querySelector(".by-photo-stage"),
      canvas: element.querySelector("canvas"),
      whole: element.querySelector(".by-photo-whole"),
      results: element.querySelector(".by-photo-results"),
      frame: lookalike.framed(element.querySelector(".by-photo-frame"), boxed),
    };
    listen(element);
    if (!kept) return;
    stage(kept);
    if (kept.results) place(kept);
    else search(kept);
  };

  const pictureIn = (data) => [...(data?.files ?? [])].find((file) => file.type.startsWith("image/"));

  document.addEventListener("paste", (event) => {
    const file = now && pictureIn(event.clipboardData);
    if (!file) return;
    event.preventDefault();
    take(file);
  });
  document.addEventListener("dragover", (event) => {
    if (!now || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault(); // else the browser would leave the page for the file
    now.element.toggleAttribute("data-over", true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) now?.element.toggleAttribute("data-over", false); // out of the window
  });
  document.addEventListener("drop", (event) => {
    if (!now) return;
    now.element.toggleAttribute("data-over", false);
    const [first] = event.dataTransfer.files;
    if (!first) return;
    event.preventDefault();
    take(pictureIn(event.dataTransfer) ?? first);
  });
})((window.lookalike ??= {}));
