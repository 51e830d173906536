// Days by keyboard: ← before, → after, T today; the page works without it, by its links.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input, select, textarea, .timeline-box")) return;
  const id = { ArrowLeft: "day-before", ArrowRight: "day-after", t: "day-today", T: "day-today" }[event.key];
  const link = id && document.getElementById(id);
  if (link) { event.preventDefault(); link.click(); }
});
