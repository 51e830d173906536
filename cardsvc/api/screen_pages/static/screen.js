// A screen on a wall: asks for what it may show, paints it, and says so when nobody answers. Nothing to touch.
"use strict";
(function () {
  var ASK_MS = 5000, STALE_MS = 15000, WAIT_MS = 4000;
  var body = document.body, path = location.pathname.replace(/\/+$/, "") + "/now";
  var answered = null, at = "", painted = "", over = false;
  var byId = function (id) { return document.getElementById(id); };
  var show = function (id, on) { byId(id).hidden = !on; };

  function both(target, words) {
    var zh = document.createElement("span"), en = document.createElement("small");
    zh.textContent = words[0]; en.textContent = words[1]; en.lang = "en";
    target.replaceChildren(zh, " "); if (words[1] && words[1] !== words[0]) target.append(en);
    return target;
  }

  function made(tag, name) { var one = document.createElement(tag); one.className = name; return one; }

  function row(it) {
    var one = made("li", it.turn), number = made("b", "number"), marks = { waiting: "○", called: "▶", in_progress: "●", done: "✓" };
    if (it.day) { var day = made("small", "day"); day.textContent = it.day; number.append(day, " "); }
    number.append(it.number); one.append(number);
    var turn = made("span", "turn both"), mark = made("span", "mark"); both(turn, it.words); mark.textContent = marks[it.turn] + " "; mark.setAttribute("aria-hidden", "true");
    var lines = made("div", "lines"); turn.prepend(mark); lines.append(turn); one.append(lines);
    if (it.ahead) lines.append(both(made("span", "ahead both"), it.ahead));
    if (it.moved) { one.classList.add("moved"); var moved = both(made("span", "why both"), it.moved); moved.prepend("▲ "); lines.append(moved); }
    return one;
  }

  function queue(it) {
    byId("rows").replaceChildren.apply(byId("rows"), it.rows.map(row));
    show("nobody", !it.rows.length); show("more", Boolean(it.more)); if (it.more) both(byId("more"), it.more);
  }

  function hall(it) {
    var marks = { waiting: "○", agrees: "✓", differs: "■" };
    both(byId("hall"), it.hall);
    show("name", Boolean(it.now)); show("period", Boolean(it.now)); show("check", Boolean(it.check)); show("nothing-now", !it.now && !it.check);
    if (it.now) { both(byId("name"), it.now.name).classList.toggle("long", it.now.name[0].length > 8); byId("period").textContent = it.now.period; }
    if (it.check) { byId("check").className = it.check; byId("mark").textContent = marks[it.check]; both(byId("check-words"), it.words); }
    show("next-line", Boolean(it.next)); show("nothing-next", !it.next);
    if (it.next) { both(byId("next-name"), it.next.name); byId("next-period").textContent = it.next.period; }
  }

  function paint(text) {
    var it = JSON.parse(text);
    answered = performance.now(); at = it.at; byId("clock").textContent = it.at;
    if (text !== painted) { painted = text; both(byId("home"), it.home); (body.dataset.kind === "queue" ? queue : hall)(it); }
    show("starting", false); show("shown", true); stale();
  }

  function stale() {
    var old = !over && (answered === null ? performance.now() > STALE_MS : performance.now() - answered > STALE_MS);
    body.classList.toggle("old", old); show("stale", old); if (old) byId("clock").textContent = "--:--";
    if (old) both(byId("stale-words"), [body.dataset.staleZh.replace("{at}", at || "--:--"), body.dataset.staleEn.replace("{at}", at || "--:--")]);
  }

  function end() {
    over = true; painted = ""; ["starting", "shown", "stale"].forEach(function (id) { show(id, false); });
    ["rows", "name", "next-name"].forEach(function (id) { if (byId(id)) byId(id).replaceChildren(); });
    body.classList.remove("old"); byId("clock").textContent = ""; show("ended", true);
  }

  function ask() {
    var stop = new AbortController(), timer = setTimeout(function () { stop.abort(); }, WAIT_MS);
    fetch(path, { credentials: "omit", cache: "no-store", signal: stop.signal }).then(function (answer) {
      if (answer.status === 404) { end(); return null; }
      return answer.ok ? answer.text().then(paint) : null;
    }).catch(stale).then(function () { clearTimeout(timer); setTimeout(ask, over ? 60000 : ASK_MS); });
  }

  setInterval(stale, 1000);
  ask();
})();
