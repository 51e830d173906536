// The family's page: the token goes once to the service and out of the address; then only what may be seen is shown.
"use strict";
(function () {
  var body = document.body, lang = body.dataset.lang === "en" ? "en" : "zh", source = null, known = null, asked = 0, shown = 0, over = false;
  var byId = function (id) { return document.getElementById(id); };
  var put = function (id, text) { byId(id).textContent = text; };
  var show = function (id, on) { byId(id).hidden = !on; };

  function ask(path, what) {
    var options = { credentials: "same-origin", headers: { "x-one-card": "1" } };
    if (what) { options.method = "POST"; options.headers["content-type"] = "application/json"; options.body = JSON.stringify(what); }
    return fetch(path, options);
  }

  function when(text) {
    var date = new Date(text);
    return date.toLocaleString(lang === "en" ? "en-GB" : "zh-CN", { timeZone: "Asia/Shanghai", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
  }

  function item(list, text, at) {
    var line = document.createElement("li"), time = document.createElement("time");
    line.textContent = text + " ";
    if (at) { time.dateTime = at; time.textContent = when(at); line.appendChild(time); }
    list.appendChild(line);
  }

  function empty(id) { var list = byId(id); while (list.firstChild) list.removeChild(list.firstChild); return list; }

  function money(list, line) {
    var row = document.createElement("li"), name = document.createElement("span"), due = document.createElement("b"), note = document.createElement("small");
    name.textContent = line.item + (line.quantity > 1 ? " × " + line.quantity : "");
    due.textContent = "¥" + line.due;
    note.textContent = "¥" + line.price + (line.waived ? " − " + body.dataset.waived + " ¥" + line.waived : "") + " · " + line.payer + " · " + line.basis;
    row.appendChild(name); row.appendChild(due); row.appendChild(note); list.appendChild(row);
  }

  function paint(it) {
    known = it;
    put("home", it.home); put("name", it.name); put("phone", it.phone); byId("call").href = "tel:" + it.phone.replace(/[^0-9+]/g, "");
    show("held", it.held); show("paused", it.paused && !it.held);
    var done = it.milestones, last = done[done.length - 1], past = empty("past");
    put("now", last.words); put("now-at", when(last.at));
    done.slice(0, -1).reverse().forEach(function (one) { item(past, one.words, one.at); });
    show("earlier", done.length > 1);
    show("next", Boolean(it.next));
    if (it.next) { put("next-words", it.next.words); put("next-at", when(it.next.at)); put("next-hall", it.next.hall); }
    var needs = empty("needs"); it.needs.forEach(function (one) { item(needs, one); }); show("nothing", !it.needs.length);
    show("rest", Boolean(it.rest)); put("rest-words", it.rest || "");
    show("second", !it.confirmed); show("bill", it.confirmed); show("revoke", it.confirmed);
    show("kept", Boolean(it.ashes_until)); if (it.ashes_until) put("ashes-until", when(it.ashes_until));
    if (it.bill) {
      var lines = empty("lines"); it.bill.lines.forEach(function (one) { money(lines, one); });
      if (!it.bill.lines.length) item(lines, body.dataset.no_lines);
      put("due", "¥" + it.bill.due); put("paid", "¥" + it.bill.paid); put("deposit", "¥" + it.bill.deposit); put("open", "¥" + it.bill.open);
      var numbered = empty("numbered"); show("receipts", it.bill.receipts.length > 0);
      it.bill.receipts.forEach(function (one) { item(numbered, one.kind + " " + one.number + " ¥" + one.amount + (one.void ? " · ■ " + one.void : "") + " ·", one.at); });
      var storage = empty("storage"); it.bill.storage.forEach(function (one) { item(storage, one); });
      show("running", it.bill.running.length > 0);
      put("running-due", it.bill.running.map(function (one) { return one.quantity + " " + body.dataset.days + " ¥" + one.due; }).join(", "));
    }
    put("looks", it.looks); var looked = empty("looked"); it.looked.forEach(function (at) { item(looked, "", at); });
    show("shown", true); show("ended", false);
  }

  // Answers that overtake each other: an older one is never shown after a newer, and none once the link has ended.
  function end() { over = true; if (source) source.close(); show("shown", false); show("ended", true); }

  function refresh() {
    var number = ++asked;
    return ask("status?lang=" + lang).then(function (answer) {
      if (answer.status === 404) return end();
      return answer.json().then(function (it) {
        if (over || number < shown) return;
        shown = number; paint(it); put("live", body.dataset.live);
      });
    }).catch(function () { if (known) put("live", body.dataset.not_live); });
  }

  function follow() {
    if (!window.EventSource) { setInterval(refresh, 30000); return; }
    source = new EventSource("events");
    source.onmessage = refresh;
    source.addEventListener("gone", end);
    source.onerror = function () { if (known) put("live", body.dataset.not_live); };
  }

  byId("second").addEventListener("submit", function (event) {
    event.preventDefault();
    ask("confirm", { digits: byId("digits").value }).then(function (answer) {
      if (answer.ok) { show("wrong", false); return refresh(); }
      return answer.json().then(function (problem) {
        put("wrong", problem.code === "code_invalid" || problem.code === "input_invalid" ? body.dataset.wrong_digits : problem.title + " " + problem.do); show("wrong", true);
      });
    });
    byId("digits").value = "";
  });
  byId("revoke").addEventListener("click", function () { show("sure", true); });
  byId("revoke-no").addEventListener("click", function () { show("sure", false); });
  byId("revoke-yes").addEventListener("click", function () { ask("revoke", {}).then(function (answer) { if (answer.ok) end(); }); });

  var token = location.hash.slice(1);
  var begin = function () { return refresh().then(function () { if (known) follow(); else if (byId("ended").hidden) end(); }); };
  if (token) {
    history.replaceState(null, "", location.pathname + location.search);
    ask("open", { token: token }).then(function (answer) { if (answer.ok) return begin(); return end(); }).catch(end);
  } else { begin(); }
})();
