// Fields with data-combobox="URL": what the server finds for the typed words, to be chosen with the arrows or the mouse.

const SCANNED = /^\d{8,14}$/;
let list = null;
let owner = null;
let asked = 0;
let waiting;

document.addEventListener("input", (event) => {
  if (!event.target.dataset?.combobox) return;
  clearTimeout(waiting);
  const field = event.target;
  waiting = setTimeout(() => offer(field), 120);
});
document.addEventListener("focusin", (event) => {
  if (owner && event.target !== owner) close();
  if (event.target.dataset?.combobox) prepare(event.target);
});
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.dataset?.combobox) return;
  if (event.key === "ArrowDown" && !list && !event.altKey) { event.preventDefault(); offer(field); }
  else if (list && !event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) { event.preventDefault(); move(event.key === "ArrowDown" ? 1 : -1); }
  else if (list && event.key === "Escape") { event.stopPropagation(); close(); }
  else if (list && event.key === "Enter" && current() >= 0) { event.preventDefault(); event.stopPropagation(); take(options()[current()]); }
  else if (list && event.key === "Tab" && current() >= 0) take(options()[current()]);
}, true);

function prepare(field) {
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "false");
}

async function offer(field) {
  const mine = ++asked;
  const typed = field.value.trim();
  const answer = await fetch(`${field.dataset.combobox}?q=${encodeURIComponent(typed)}`, { headers: { "X-Requested-With": "kontor" } });
  if (mine !== asked || !answer.ok || document.activeElement !== field) return;
  show(field, await answer.json());
}

function show(field, rows) {
  close();
  if (!rows.length || (rows.length === 1 && rows[0].value === field.value.trim())) return;
  owner = field;
  list = document.createElement("div");
  list.className = "picker float";
  list.id = "picker";
  list.setAttribute("role", "listbox");
  rows.forEach((row, n) => {
    const option = document.createElement("div");
    option.setAttribute("role", "option");
    option.id = `pick-${n}`;
    option.dataset.value = row.value;
    const label = document.createElement("span");
    label.textContent = row.label;
    const note = document.createElement("span");
    note.className = "soft small";
    note.textContent = row.note ?? "";
    option.append(label, note);
    option.addEventListener("mousedown", (event) => { event.preventDefault(); take(option); });
    list.append(option);
  });
  document.body.append(list);
  const box = field.getBoundingClientRect();
  list.style.left = `${box.left + scrollX}px`;
  list.style.top = `${box.bottom + scrollY + 2}px`;
  list.style.minWidth = `${Math.max(box.width, 256)}px`;
  field.setAttribute("aria-expanded", "true");
  field.setAttribute("aria-controls", "picker");
  // A scanned code is taken as it stands, also when the list was faster than the scanner's Enter.
  if (field.value.trim() && !SCANNED.test(field.value.trim())) mark(0);
}

const options = () => [...(list?.querySelectorAll('[role="option"]') ?? [])];
const current = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");

function mark(n) {
  const all = options();
  const at = Math.max(0, Math.min(n, all.length - 1));
  all.forEach((option, place) => option.setAttribute("aria-selected", place === at));
  owner.setAttribute("aria-activedescendant", all[at].id);
  all[at].scrollIntoView({ block: "nearest" });
}

function move(by) { mark(current() + by); }

function take(option) {
  const field = owner;
  field.value = option.dataset.value;
  close();
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function close() {
  clearTimeout(waiting);
  asked += 1;
  list?.remove();
  owner?.setAttribute("aria-expanded", "false");
  owner?.removeAttribute("aria-activedescendant");
  list = owner = null;
}
