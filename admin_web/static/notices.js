// What has come since somebody last looked at their work, told on whatever page is open. Without this, the counts of the next page say it.
"use strict";
const notices = document.querySelector("aside[data-news]");
if (notices) {
  const EVERY = 60000, place = "work-seen-" + notices.dataset.of, plain = new Intl.NumberFormat("en");
  const words = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const seen = () => { try { return JSON.parse(window.localStorage.getItem(place)); } catch { return null; } };
  const see = (rows) => {
    const counts = Object.fromEntries(rows.map((one) => [one.path, one.count]));
    try { window.localStorage.setItem(place, JSON.stringify(counts)); } catch { /* a browser that keeps nothing tells it again */ }
  };
  const more = (one, known) => Math.max(0, one.count - (known[one.path] || 0));
  const link = (one, known) => {
    const there = document.createElement("a");
    there.href = "/office/" + one.path;
    there.textContent = words(notices.dataset.more, { name: one.name, count: plain.format(more(one, known)) });
    return there;
  };
  const tell = (rows, known) => {
    const come = rows.filter((one) => more(one, known));
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = notices.dataset.close;
    close.addEventListener("click", () => { see(rows); notices.hidden = true; });
    notices.replaceChildren(...come.map((one) => link(one, known)), close);
    notices.hidden = !come.length;
    const count = document.querySelector(".top a.waits[href='/office/work'] .count");
    if (count) count.textContent = plain.format(rows.reduce((sum, one) => sum + one.count, 0));
  };
  const mark = (rows, known) => {
    for (const label of document.querySelectorAll("[data-since]")) {
      const one = rows.find((each) => each.path === label.dataset.since);
      if (!one || !more(one, known)) continue;
      label.textContent = words(label.dataset.said, { count: plain.format(more(one, known)) });
      label.hidden = false;
    }
  };
  let next = 0;
  const look = async () => {
    window.clearTimeout(next);
    try {
      const answer = await fetch(notices.dataset.news, { headers: { accept: "application/json" } });
      if (answer.redirected) return; // to the page on which somebody signs in: nobody is any more
      if (answer.ok) {
        const rows = await answer.json(), known = seen();
        if (known !== null && window.location.pathname !== "/office/work") tell(rows, known);
        else { if (known !== null) mark(rows, known); see(rows); } // to who looks for the first time nothing is newer than the rest
      }
    } catch { /* the network may be away for a moment; the next look comes */ }
    next = window.setTimeout(() => { if (document.visibilityState === "visible") look(); }, EVERY);
  };
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
  look();
}
