// The line editor: the server computes, this patches what changed and gives the keyboard of a spreadsheet.

const grid = document.querySelector("[data-lines]");
const form = grid?.closest("form");
const tbody = grid?.querySelector("tbody");
const COLUMNS = ["article", "quantity", "unit_price", "discount_percent"];
const FILLED = ["name", "description", "unit", "unit_price", "auto_price", "quantity"];
let asked = 0;
let waiting;
let dirty = false;
let removed = null;

const rows = () => [...tbody.children];
const cell = (row, name) => row.querySelector(`[name$="-${name}"]`);
const isText = (row) => !!row.querySelector("textarea");
const isEmpty = (row) => !cell(row, "article")?.value.trim() && !cell(row, "name")?.value.trim();

function renumber() {
  rows().forEach((row, n) => {
    row.dataset.line = n;
    row.querySelector("[data-n]").textContent = n + 1;
    row.querySelectorAll("[name^='lines-']").forEach((input) => {
      input.name = input.name.replace(/^lines-\d+-/, `lines-${n}-`);
      if (input.id) input.id = `f-${input.name}`;
    });
    row.querySelectorAll("[aria-label]").forEach((node) => node.setAttribute("aria-label", node.getAttribute("aria-label").replace(/\d+(?=\D*$)/, n + 1)));
  });
}

function clear(row) {
  row.dataset.article = "";
  row.querySelectorAll("input, select, textarea").forEach((input) => {
    if (!input.name.endsWith("-kind")) input.value = "";
    input.classList.remove("is-invalid");
  });
  row.querySelectorAll(".invalid-feedback, [data-trace]").forEach((node) => node.remove());
  row.querySelectorAll("[data-net], [data-stock]").forEach((node) => (node.textContent = ""));
  row.classList.add("entry");
}

function addRow(after) {
  const pattern = rows().filter((row) => !isText(row)).at(-1);
  if (!pattern) return null;
  const row = pattern.cloneNode(true);
  clear(row);
  (after ?? rows().at(-1)).after(row);
  renumber();
  return row;
}

function removeRow(row) {
  removed = { row, before: row.nextElementSibling };
  const next = row.nextElementSibling ?? row.previousElementSibling;
  if (rows().filter((other) => !isText(other)).length === 1 && !isText(row)) addRow(row);
  row.remove();
  renumber();
  compute();
  (cell(next ?? rows()[0], "article") ?? rows()[0].querySelector("input:not([type=hidden])"))?.focus();
}

function undoRemove() {
  if (!removed) return false;
  tbody.insertBefore(removed.row, removed.before?.isConnected ? removed.before : null);
  removed = null;
  renumber();
  compute();
  return true;
}

function move(row, by) {
  const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  const active = document.activeElement;
  if (by < 0) other.before(row); else other.after(row);
  renumber();
  active.focus();
  compute();
}

async function compute() {
  const mine = ++asked;
  const filled = rows().filter((row) => !isEmpty(row));
  const answer = await fetch(grid.dataset.preview, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "kontor" } });
  if (mine !== asked || !answer.ok) return;
  const found = await answer.json();
  filled.forEach((row, place) => { if (found.lines[place]) patch(row, found.lines[place]); });
  if (found.totals) grid.querySelector(".totals:not(.float)").outerHTML = found.totals;
}

function patch(row, line) {
  if (isText(row)) return;
  for (const name of FILLED) {
    const input = cell(row, name);
    if (input && line[name] !== undefined && input !== document.activeElement && input.value !== line[name]) input.value = line[name];
  }
  const article = cell(row, "article");
  if (line.article && article !== document.activeElement) article.value = line.article;
  row.querySelector("[data-net]").textContent = line.net;
  const stock = row.querySelector("[data-stock]");
  stock.replaceChildren();
  if (line.stock) {
    const word = document.createElement("span");
    word.className = `state state-${line.stock[0]}`;
    word.textContent = line.stock[1];
    stock.append(word);
  }
  trace(row, line.trace);
  countUp(row);
}

function trace(row, steps) {
  const open = row.querySelector("[data-trace]")?.open;
  row.querySelector("[data-trace]")?.remove();
  if (!steps?.length) return;
  const details = document.createElement("details");
  details.className = "trace";
  details.dataset.trace = "";
  details.open = !!open;
  const summary = document.createElement("summary");
  summary.className = "soft small";
  summary.textContent = grid.dataset.why;
  const list = document.createElement("dl");
  list.className = "totals float";
  for (const [label, value] of steps) {
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = label;
    dd.textContent = value;
    dd.className = "num";
    list.append(dt, dd);
  }
  details.append(summary, list);
  cell(row, "unit_price").after(details);
}

// A scanned GTIN that stands in a line already counts that line up.
function countUp(row) {
  if (!row.dataset.scanned) return;
  delete row.dataset.scanned;
  const article = cell(row, "article").value;
  const other = rows().find((one) => one !== row && !isText(one) && cell(one, "article").value === article);
  if (!other) return;
  const quantity = cell(other, "quantity");
  quantity.value = String(Number(quantity.value.replace(",", ".") || 1) + 1);
  clear(row);
  renumber();
  compute();
}

function pasteRows(start, text) {
  const table = text.replace(/\r/g, "").split("\n").filter((line) => line.trim()).map((line) => line.split("\t"));
  if (table.length > 1 && table[0][1] && !/\d/.test(table[0][1])) table.shift();
  let row = start;
  for (const cells of table) {
    if (!row || isText(row)) row = addRow();
    clear(row);
    COLUMNS.forEach((name, n) => { if (cells[n] !== undefined) cell(row, name).value = cells[n].trim(); });
    row = row.nextElementSibling ?? addRow(row);
  }
  changed();
}

function changed() {
  dirty = true;
  asked += 1; // an answer under way knows nothing of this change and would overwrite it
  clearTimeout(waiting);
  waiting = setTimeout(compute, 60);
}

if (grid) {
  grid.querySelectorAll("[data-delete-line]").forEach((button) => (button.hidden = false));
  form.addEventListener("change", (event) => {
    const row = event.target.closest("tr[data-line]");
    if (row && event.target.name.endsWith("-article") && event.target.value !== (row.dataset.article ?? event.target.defaultValue)) {
      row.dataset.article = event.target.value;
      row.classList.toggle("entry", isEmpty(row));
      for (const name of ["name", "unit", "unit_price", "auto_price", "tax_case"]) { const input = cell(row, name); if (input) input.value = ""; }
      row.querySelectorAll(".invalid-feedback").forEach((node) => node.remove());
      if (/^\d{8,14}$/.test(event.target.value.trim())) row.dataset.scanned = "1";
      if (row === rows().at(-1)) addRow(row);
    }
    if (row || ["party", "header_discount_percent"].includes(event.target.name)) changed(); else dirty = true;
  });
  grid.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!event.target.name?.endsWith("-article") || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    pasteRows(event.target.closest("tr"), text);
  });
  grid.addEventListener("click", (event) => {
    const button = event.target.closest("[data-delete-line]");
    if (button) removeRow(button.closest("tr"));
    if (event.target.closest("[data-add-line]")) { event.preventDefault(); cell(addRow(), "article").focus(); }
  });
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("tr[data-line]");
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && removed && !event.target.value) { if (undoRemove()) event.preventDefault(); return; }
    if (!row) { if (event.key === "Enter" && event.target.matches("input") && !event.ctrlKey) event.preventDefault(); return; }
    if (event.key === "Enter" && !event.ctrlKey && event.target.matches("input")) {
      event.preventDefault();
      const name = event.target.name.replace(/^lines-\d+-/, "");
      event.target.dispatchEvent(new Event("change", { bubbles: true }));
      const next = row.nextElementSibling ?? addRow(row);
      (cell(next, name) ?? next.querySelector("textarea"))?.focus();
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(row, event.key === "ArrowUp" ? -1 : 1);
    } else if (event.ctrlKey && event.key === "Delete") {
      event.preventDefault();
      removeRow(row);
    } else if (event.key === "F2") {
      event.preventDefault();
      const details = row.querySelector("[data-trace]");
      if (details) details.open = !details.open;
    }
  });
  form.addEventListener("submit", () => (dirty = false));
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}
