// How far a file of rows is: told anew every second; when its state has changed, the page is loaded anew. Without this, a link does it.
"use strict";
const followed = document.querySelector("#progress[data-follow]");
if (followed) {
  const bar = followed.querySelector("progress"), said = followed.querySelector("[data-said]");
  const plain = new Intl.NumberFormat("en");
  const follow = async () => {
    try {
      const answer = await fetch(followed.dataset.follow, { headers: { accept: "application/json" } });
      if (answer.ok) {
        const now = await answer.json();
        if (now.state !== followed.dataset.state) { window.location.reload(); return; }
        if (now.total) {
          bar.max = now.total; bar.value = now.done;
          said.textContent = said.dataset.said.replace("{done}", plain.format(now.done)).replace("{total}", plain.format(now.total));
        }
      }
    } catch { /* the network may be away for a moment; the next look comes */ }
    window.setTimeout(follow, 1000);
  };
  window.setTimeout(follow, 1000);
}
