// The total of what is typed, in whole fen; the service counts again by itself.
for (const table of document.querySelectorAll("table.count")) {
  const total = table.querySelector(".total");
  const count = () => {
    let fen = 0;
    for (const one of table.querySelectorAll("[data-fen]")) fen += Number(one.dataset.fen) * (Number.parseInt(one.value, 10) || 0);
    const yuan = String(Math.floor(fen / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
    total.textContent = `¥${yuan}.${String(fen % 100).padStart(2, "0")}`;
  };
  table.addEventListener("input", count);
  count();
}
