// A payment's page follows its order: when the state has changed, the page is loaded anew. Without this, "look again" does it.
"use strict";
const followed = document.querySelector("[data-follow]");
if (followed) {
  const follow = async () => {
    try {
      const answer = await fetch(followed.dataset.follow, { headers: { accept: "application/json" } });
      if (answer.ok && (await answer.json()).state !== followed.dataset.state) { window.location.reload(); return; }
    } catch { /* the network may be away for a moment; the next look comes */ }
    window.setTimeout(follow, 1500);
  };
  window.setTimeout(follow, 1500);
}
