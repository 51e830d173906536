// Review by keyboard: the page works without it. A key presses the button or follows the link that stands there.
"use strict";
const KEYS = { a: "accept", r: "return", u: "undo", j: "next", k: "previous", x: "reverse", b: "together" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.matches("input, select, textarea")) return;
  if (event.key === "?") { const help = document.getElementById("keys"); if (help) help.open = !help.open; return; }
  const there = document.getElementById(KEYS[event.key] || "");
  if (!there) return;
  event.preventDefault();
  if (there.matches("form")) there.requestSubmit(); else there.click();
});
