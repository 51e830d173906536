// A board keeps itself up to date: a stream tells that something changed, then only the cards that did are fetched.
// Where the stream breaks it asks every few seconds; where nothing answers it says since when the picture stands.
"use strict";
(() => {
  const ASK_EVERY = 5000, SILENT_AFTER = 15000, ANSWER_WITHIN = 10000, TICK = 10000;
  const board = document.getElementById("board"), touch = document.getElementById("touch");
  if (!board || !touch) return;
  let cursor = Number(board.dataset.cursor), newest = cursor, heard = 0, busy = false, again = false, source = null, over = false;
  const ahead = Date.parse(touch.dataset.at) - Date.now(), nowMs = () => Date.now() + ahead;  // the service's clock, not this machine's

  function show(state) {
    if (over && state !== "ended") return;
    over = state === "ended";
    for (const one of touch.children) one.hidden = one.dataset.is !== state;
    touch.dataset.state = state;
  }
  function wellAt() {
    const now = new Date(nowMs());
    touch.querySelector("time").textContent = now.toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false, hour: "2-digit", minute: "2-digit" });
  }

  function fill(words, ...values) { return values.reduce((text, value, at) => text.replace("#".repeat(values.length - at), value), words); }

  function place(card, list) {
    const order = card.dataset.order;
    let low = 0, high = list.children.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list.children[middle].dataset.order < order) low = middle + 1; else high = middle;
    }
    list.insertBefore(card, list.children[low] || null);
  }

  function count() {
    let all = 0, stuck = 0;
    const only = board.classList.contains("only-stuck");
    for (const list of board.querySelectorAll("[data-stage]")) {
      const here = list.querySelectorAll(".live.stuck").length, shown = only ? here : list.children.length;
      all += shown; stuck += here;
      list.closest(".column").classList.toggle("none", shown === 0);
      for (const one of document.querySelectorAll(`[data-count="${list.dataset.stage}"]`)) one.textContent = shown;
    }
    for (const [id, value] of [["count", all], ["stuck", stuck]]) {
      const one = document.getElementById(id);
      one.textContent = fill(one.dataset.words, value);
    }
    document.getElementById("none").hidden = all > 0;
  }

  function sayHours(within) {
    const now = nowMs();
    for (const time of within.querySelectorAll("time[data-since]")) {
      const hours = Math.max(0, Math.floor((now - Date.parse(time.dataset.since)) / 3600000));
      const said = hours < 48 ? fill(board.dataset.hours, hours) : fill(board.dataset.days, hours % 24, Math.floor(hours / 24));
      if (time.textContent !== said) time.textContent = said;
    }
  }

  function tick() {
    const now = nowMs();
    sayHours(board);
    let turned = false;
    for (const one of board.querySelectorAll("[data-from][hidden]")) {
      if (Date.parse(one.dataset.from) > now) continue;
      const card = one.closest(".live");
      one.hidden = false; turned = true;
      card.classList.add("stuck");
      card.dataset.order = "0" + card.dataset.order.slice(1);
      place(card, card.parentElement);
    }
    if (turned) count();
  }

  function take(news) {
    if (news.anew) { location.reload(); return; }
    const holder = document.createElement("template"), focused = document.activeElement && document.activeElement.closest(".live");
    for (const one of news.cards) {
      const old = document.getElementById(one.no), list = board.querySelector(`[data-stage="${one.stage}"]`);
      holder.innerHTML = one.html;
      const card = holder.content.firstElementChild;
      card.classList.add("new");
      sayHours(card);
      if (old) old.remove();
      place(card, list);
      if (focused && focused.id === one.no) { const link = card.querySelector("a"); if (link) link.focus(); }
    }
    for (const no of news.gone) { const old = document.getElementById(no); if (old) old.remove(); }
    cursor = news.cursor;
    if (news.cards.length || news.gone.length) count();
  }

  async function ask(path) {
    const answer = await fetch(path, { credentials: "same-origin", signal: AbortSignal.timeout(ANSWER_WITHIN) });
    if (answer.redirected || answer.status === 401 || answer.status === 403) { show("ended"); if (source) source.close(); throw new Error("ended"); }
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  async function fetchNews() {
    if (over) return;
    if (busy) { again = true; return; }
    busy = true;
    try {
      if (board.dataset.whole) {
        const page = new DOMParser().parseFromString(await (await ask(location.href)).text(), "text/html"), fresh = page.getElementById("board");
        cursor = Number(fresh.dataset.cursor);
        board.replaceChildren(...fresh.childNodes);
      } else {
        take(await (await ask(`/office/board/news?after=${cursor}&${board.dataset.query}`)).json());
      }
      wellAt();
      show(source && source.readyState === 1 ? "live" : "polling");
    } catch (error) {
      if (!over) show("lost");
    } finally {
      busy = false;
      if (again) { again = false; fetchNews(); }
    }
  }

  function follow() {
    if (over || !window.EventSource) return;
    source = new EventSource("/office/board/events");
    const alive = (event) => {
      heard = Date.now();
      newest = Math.max(newest, Number(event.data));
      if (newest > cursor) { fetchNews(); return; }  // what could not be fetched is asked for again with every sign of life
      wellAt();
      show("live");
    };
    source.onmessage = alive;
    source.addEventListener("here", alive);
    source.addEventListener("ended", () => { source.close(); show("ended"); });
    source.onerror = () => { fetchNews(); };
  }

  setInterval(() => {
    if (over) return;
    const open = source && source.readyState === 1 && Date.now() - heard < SILENT_AFTER;
    if (open) return;
    fetchNews();
    if (!source || source.readyState === 2 || Date.now() - heard > 2 * SILENT_AFTER) { if (source) source.close(); heard = Date.now(); follow(); }
  }, ASK_EVERY);
  if (!board.dataset.whole) { setInterval(tick, TICK); tick(); }
  follow();
})();
