// A form that takes a moment says so, and cannot be sent twice; without this it only works in silence.
"use strict";
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.busy || event.defaultPrevented) return;
  const button = form.querySelector("button");
  const said = document.createElement("span");
  said.className = "busy";
  said.setAttribute("role", "status");
  said.textContent = form.dataset.busy;
  button.disabled = true;
  button.after(" ", said);
});
