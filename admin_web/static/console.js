// The console works without this; it adds copying by one touch, printing, asking before what cannot be undone, and "/".
"use strict";
document.addEventListener("click", (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy && navigator.clipboard) navigator.clipboard.writeText(copy.dataset.copy);
  if (event.target.closest("[data-print]")) window.print();
});
document.addEventListener("submit", (event) => {
  const sure = event.target.dataset.sure;
  if (sure && !window.confirm(sure)) event.preventDefault();
});
document.addEventListener("focusin", (event) => { if (event.target.matches("[data-select]")) event.target.select(); });
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input, select, textarea")) return;
  const search = document.querySelector("[data-focus]") || document.querySelector(".search input");
  if (search) { event.preventDefault(); search.focus(); }
});
// On a phone the menu is folded behind its button; without this script it stands there whole.
const menu = document.getElementById("menu"), folds = document.querySelector("[data-menu]");
if (menu && folds) {
  const fold = (folded) => { menu.classList.toggle("folded", folded); folds.setAttribute("aria-expanded", String(!folded)); };
  folds.hidden = false;
  fold(true);
  folds.addEventListener("click", () => { fold(!menu.classList.contains("folded")); if (folds.ariaExpanded === "true") menu.querySelector("a").focus(); });
}
