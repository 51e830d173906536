// The touch page: fetches its part when something happened, sends what was pressed, and keeps what is being typed.
"use strict";
const part = document.getElementById("part");
const booking = document.getElementById("booking");
const lost = document.getElementById("lost");
const paper = document.getElementById("paper");
const token = document.querySelector("meta[name=kiosk-token]").content;
let shownTone = null, permitEnds = 0, hideBand = 0, lastBand = "", sending = null, sent = "";

const kept = () => Object.fromEntries([...part.querySelectorAll("input")].map((one) => [nameOf(one), one.value]));
const nameOf = (input) => `${place()}|${input.closest("form")?.dataset.form || ""}|${input.closest("form")?.dataset.field || ""}|${input.name || "find"}`;
const place = () => { const state = part.querySelector(".state").dataset; return `${state.phase}|${state.step}|${state.case}|${state.second}|${state.presented}`; };

function swap(html) {
  const before = kept(), focused = document.activeElement && part.contains(document.activeElement) && document.activeElement.matches("input") ? nameOf(document.activeElement) : null;
  const counts = Object.fromEntries([...part.querySelectorAll("output[data-item]")].map((one) => [one.dataset.item, one.value]));
  const at = place(), unfolded = part.querySelector("details.more")?.open;
  part.innerHTML = html;
  const more = part.querySelector("details.more");
  if (more && unfolded !== undefined && at === place()) more.open = unfolded;
  for (const input of part.querySelectorAll("input")) if (before[nameOf(input)]) input.value = before[nameOf(input)];
  if (at === place()) for (const one of part.querySelectorAll("output[data-item]")) one.value = counts[one.dataset.item] || "0";
  const wanted = [...part.querySelectorAll("input")].find((one) => nameOf(one) === focused) || part.querySelector("input[autofocus]");
  if (wanted && booking?.hidden !== false) wanted.focus();
  arrive();
}

function arrive() {
  tick();
  const band = part.querySelector(".band"), permit = part.querySelector("[data-permit]");
  permitEnds = permit ? performance.now() + Number(permit.dataset.permit) : 0;
  const given = band?.querySelector(".given");
  const said = band ? band.textContent.replace(given ? given.textContent : "", "").replace(/\s+/g, "") : "";
  if (band && said !== lastBand) tone(band.dataset.tone);
  const passes = band?.classList.contains("go") && !("stays" in band.dataset);
  if (said !== lastBand) hideBand = passes ? performance.now() + 3000 : 0;
  else if (passes && !hideBand) band.hidden = true;
  if (band && "stays" in band.dataset) hideBand = 0;
  lastBand = said;
  onPaper();
  change();
  filter();
}

// A press is down on the very element and up on the very element, or it is no click: nothing is swapped under a finger.
// Answers that overtake each other: an older one is never shown after a newer.
let pressed = false, held = null, questions = 0, shown = 0;
document.addEventListener("pointerdown", () => { pressed = true; });
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => setTimeout(() => {
  pressed = false;
  if (held !== null) { const html = held; held = null; swap(html); }
}));

async function refresh() {
  const number = ++questions, answer = await fetch("/part");
  if (!answer.ok) return;
  const html = await answer.text();
  if (number < shown) return;
  shown = number;
  if (pressed) held = html; else swap(html);
}

// The page may show what a press did before its answer is back: the next press waits for it, the same one counts once.
async function act(asked) {
  const body = JSON.stringify(asked);
  if (sending && body === sent) return;
  while (sending) await sending;
  sent = body; hideBand = 0; lastBand = "";
  sending = send(body);
  const expired = await sending;
  sending = null;
  if (expired || asked.act === "language") return location.reload();
  await refresh();
}

async function send(body) {
  try {
    const answer = await fetch("/act", { method: "POST", headers: { "content-type": "application/json", "x-kiosk-token": token }, body });
    return answer.status === 403;
  } catch { lost.hidden = false; return false; }
}

// One tone for yes, another for no (UI.md); a browser that has not been touched yet stays silent.
function tone(colour) {
  shownTone = shownTone || new AudioContext();
  if (shownTone.state !== "running") return;
  const [first, second] = colour === "go" ? [880, 1175] : [330, 220];
  [first, second].forEach((pitch, index) => {
    const sound = shownTone.createOscillator(), volume = shownTone.createGain();
    sound.frequency.value = pitch; volume.gain.value = 0.12;
    sound.connect(volume).connect(shownTone.destination);
    sound.start(shownTone.currentTime + index * 0.14); sound.stop(shownTone.currentTime + index * 0.14 + 0.12);
  });
}

function tick() {
  const clock = part.querySelector("[data-clock]"), seconds = part.querySelector("[data-seconds]"), band = part.querySelector(".band");
  if (clock) clock.textContent = new Date().toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });
  if (hideBand && performance.now() > hideBand) { hideBand = 0; if (band) band.hidden = true; }
  if (!seconds) return;
  const left = Math.max(0, Math.ceil((permitEnds - performance.now()) / 1000));
  seconds.textContent = String(left);
  if (!left) { const confirm = part.querySelector("[data-act=confirm]"); if (confirm) confirm.disabled = true; refresh(); }
}
setInterval(tick, 1000);

// A receipt that the service gave is shown in a frame of its own and printed once by itself; again by whoever presses.
function onPaper() {
  const wanted = part.querySelector("[data-paper]"), frame = paper?.querySelector("iframe");
  if (!paper || (wanted?.dataset.paper || "") === (paper.dataset.of || "")) return;
  paper.dataset.of = wanted?.dataset.paper || "";
  paper.hidden = !wanted;
  if (!wanted) { frame.removeAttribute("src"); return; }
  paper.querySelector("h2").textContent = wanted.dataset.title;
  frame.onload = () => { if (paper.dataset.of && !paper.hidden) print(); };
  frame.src = wanted.dataset.paper;
  paper.querySelector("[data-paper-print]").focus();
}
function print() { paper.querySelector("iframe").contentWindow.print(); }
paper?.addEventListener("click", (event) => {
  if (event.target.closest("[data-paper-print]")) print();
  else if (event.target.closest("[data-paper-done]")) act({ act: "printed" });
});

function filter() {
  const find = part.querySelector("[data-find]");
  if (!find) return;
  const wanted = find.value.trim().toLowerCase();
  for (const one of part.querySelectorAll("[data-words]")) one.closest("li").hidden = !one.dataset.words.toLowerCase().includes(wanted);
}

part.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { act: name, key, copy, open, fill, more, less, ...rest } = button.dataset;
  if (name) act({ act: name, ...rest, ...(name === "enter" ? { value: button.dataset.value } : {}) });
  else if (key) press(button, key);
  else if (copy) navigator.clipboard?.writeText(copy);
  else if (open) { booking.hidden = false; booking.querySelector("input").focus(); }
  else if (fill) { const input = button.closest("form").querySelector("input"); input.value = fill; input.focus(); }
  else if (more || less) { const count = part.querySelector(`output[data-item="${CSS.escape(more || less)}"]`); count.value = String(Math.max(0, Number(count.value) + (more ? 1 : -1))); }
});

// What is given back: reckoned in fen, for the hand that holds the notes; the record has the amount alone.
function change() {
  const input = part.querySelector("input[data-take]"), give = part.querySelector("[data-give]");
  if (!input || !give) return;
  const typed = /^(\d{1,8})(?:\.(\d{1,2}))?$/.exec(input.value.trim());
  const fen = typed ? Number(typed[1]) * 100 + Number((typed[2] || "").padEnd(2, "0")) - Number(input.dataset.take) : null;
  give.hidden = fen === null;
  give.classList.toggle("short", fen < 0);
  if (fen !== null) give.textContent = `${fen < 0 ? "▲ " + give.dataset.short : give.dataset.change} ¥${Math.floor(Math.abs(fen) / 100)}.${String(Math.abs(fen) % 100).padStart(2, "0")}`;
}

function press(button, key) {
  const inputs = [...part.querySelectorAll("form.person input, form.field input[name=value]")];
  const input = inputs.find((one) => one.dataset.active) || inputs[0];
  if (!input) return;
  input.value = key === "back" ? input.value.slice(0, -1) : input.value + key;
  input.focus();
  change();
}

part.addEventListener("focusin", (event) => {
  if (!event.target.matches("input")) return;
  for (const one of part.querySelectorAll("[data-active]")) delete one.dataset.active;
  event.target.dataset.active = "yes";
});
part.addEventListener("input", (event) => { if (event.target.matches("[data-find]")) filter(); else change(); });

part.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target, kind = form.dataset.form, typed = Object.fromEntries(new FormData(form));
  if (kind === "items") {
    const chosen = [...form.querySelectorAll("output[data-item]")].filter((one) => Number(one.value) > 0);
    if (chosen.length) act({ act: "enter", field: form.dataset.field, value: chosen.map((one) => `${one.dataset.item}:${one.value}`).join(",") });
  } else if (kind === "change") {
    const confirm = part.querySelector("[data-act=confirm]:not(:disabled)");
    if (confirm) confirm.click();
  } else if (kind === "enter") {
    if (!typed.value) return;
    const input = form.querySelector("input");
    const value = input.dataset.entry === "time" ? zoned(typed.value) : typed.value;
    act({ act: "enter", field: form.dataset.field, value });
  } else {
    const empty = [...form.querySelectorAll("input")].find((one) => !one.value);
    if (empty) return empty.focus();
    form.querySelector("input[type=password]").value = "";
    act({ act: kind, ...typed });
  }
});

// The homes' clocks show UTC+8 all year, whatever this machine's zone is.
const zoned = (local) => `${local}:00+08:00`;

if (booking) {
  booking.addEventListener("click", (event) => { if (event.target.closest("[data-close]")) booking.hidden = true; });
  // What the radar found is looked at for this very form: whoever changes it asks anew.
  const looked = (numbers) => {
    const send = booking.querySelector("[type=submit]");
    booking.querySelector("[name=looked]").value = numbers;
    send.textContent = numbers ? send.dataset.another : send.dataset.send;
  };
  booking.addEventListener("input", () => looked(""));
  booking.addEventListener("submit", async (event) => {
    event.preventDefault();
    let first = null;
    for (const question of booking.querySelectorAll(".question")) {
      const required = question.querySelector("[data-required], select");
      const radios = [...question.querySelectorAll("input[type=radio]")], input = question.querySelector("input:not([type=radio]), select");
      const empty = required && (radios.length ? !radios.some((one) => one.checked) : !input.value.trim());
      question.classList.toggle("bad", Boolean(empty));
      if (empty && !first) first = radios[0] || input;
    }
    if (first) return first.focus();
    await act({ act: "booking", ...Object.fromEntries(new FormData(booking)) });
    const band = part.querySelector(".band"), said = booking.querySelector("[data-said]");
    said.hidden = !band || band.classList.contains("go");
    said.textContent = band ? band.innerText : "";
    said.className = `notice ${band?.classList.contains("again") ? "wait" : "stop"}`;
    looked(band?.dataset.looked || "");
    if (band?.classList.contains("go")) { booking.reset(); looked(""); booking.hidden = true; }
    else booking.querySelector(".bar").scrollIntoView({ block: "end" });
  });
}

// Keys: digits choose a step, Enter confirms when all is entered, Esc goes back; a scanner types like a keyboard.
document.addEventListener("keydown", (event) => {
  if (booking && !booking.hidden) { if (event.key === "Escape") booking.hidden = true; return; }
  if (paper && !paper.hidden) { if (event.key === "Escape") act({ act: "printed" }); return; }
  const typing = event.target.matches("input, select");
  if (event.key === "Escape") { const back = part.querySelector("[data-act=cancel]"); if (back) back.click(); return; }
  if (typing) return;
  const hot = part.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`), confirm = part.querySelector("[data-act=ask_pay]") || part.querySelector("[data-act=confirm]:not(:disabled)");
  if (hot) hot.click();
  else if (event.key === "Enter" && confirm && !event.target.matches("button")) confirm.click();
  else if (event.key.length === 1 && !event.ctrlKey) { const scan = part.querySelector("input[data-entry], [data-find]"); if (scan) scan.focus(); }
});

const events = new EventSource("/events");
events.onmessage = () => { lost.hidden = true; refresh(); };
events.onerror = () => { lost.hidden = false; };
arrive();
