// Keyboard, palette, dialogs and toasts. Every page works without this; it only makes things quicker.

const body = document.body;
const field = (node) => node?.closest?.("input, textarea, select, [contenteditable]");
const lettersOn = () => body.dataset.keys !== "off";

// --- Palette -------------------------------------------------------------------------------------------------
const palette = document.getElementById("palette");
const seek = palette?.querySelector("input");
const hits = palette?.querySelector("#hits");
let asked = 0;

function openPalette(start = "") {
  if (!palette || palette.open) return;
  seek.value = start;
  palette.showModal();
  find();
}

async function find() {
  const mine = ++asked;
  const answer = await fetch(`/search/hits?q=${encodeURIComponent(seek.value)}`, { headers: { "X-Requested-With": "kontor" } });
  if (mine !== asked || !answer.ok) return;
  hits.innerHTML = await answer.text();
  [...hits.querySelectorAll('[role="option"]')].forEach((option, n) => (option.id = `hit-${n}`));
  choose(0);
}

function choose(n) {
  const options = [...hits.querySelectorAll('[role="option"]')];
  const at = Math.max(0, Math.min(n, options.length - 1));
  options.forEach((option, place) => option.setAttribute("aria-selected", place === at));
  seek.setAttribute("aria-activedescendant", options[at]?.id ?? "");
  options[at]?.scrollIntoView({ block: "nearest" });
}

const chosen = () => [...hits.querySelectorAll('[role="option"]')].findIndex((o) => o.getAttribute("aria-selected") === "true");

if (palette) {
  let waiting;
  seek.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(find, 120); });
  seek.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen() + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const url = hits.querySelector('[aria-selected="true"]')?.dataset.url;
      if (url && event.ctrlKey) window.open(url, "_blank");
      else if (url) location.href = url;
    }
  });
  hits.addEventListener("click", (event) => {
    const url = event.target.closest('[role="option"]')?.dataset.url;
    if (url) location.href = url;
  });
  palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
  document.querySelectorAll("[data-palette]").forEach((link) =>
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      openPalette();
    }));
}

// --- Lists ---------------------------------------------------------------------------------------------------
const rows = () => [...document.querySelectorAll("table[data-list] > tbody > tr")];

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("is-cursor"));
  const next = Math.max(0, Math.min(all.length - 1, at < 0 && by < 0 ? all.length - 1 : at + by));
  all.forEach((row, n) => row.classList.toggle("is-cursor", n === next));
  all[next].querySelector("a")?.focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("table[data-list] > tbody > tr");
  if (row && !event.target.closest("a, button, input, label, summary") && !String(getSelection())) row.querySelector("a")?.click();
});

// --- Shortcuts -----------------------------------------------------------------------------------------------
const places = { t: "/", c: "/pipeline", a: "/orders", r: "/invoices", l: "/leads", k: "/parties" };
let going = 0;

document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    if (key === "k") { event.preventDefault(); openPalette(); }
    else if (key === "s" && press('form button[value="save"], form [data-primary]')) event.preventDefault();
    else if (event.key === "Enter" && press("[data-primary]")) event.preventDefault();
    return;
  }
  if (event.key === "Escape") document.querySelectorAll("details.menu[open], details.trace[open]").forEach((menu) => (menu.open = false));
  if (event.altKey || field(event.target) || document.querySelector("dialog[open]") || !lettersOn()) return;
  if (Date.now() - going < 1200 && places[key]) { location.href = places[key]; return; }
  going = 0;
  const act = { j: () => step(1), k: () => step(-1), g: () => (going = Date.now()), "/": search, n: () => press("[data-new]"),
    e: () => press('a[href$="/edit"], a[href$="/change"]'), "?": () => document.getElementById("keys")?.showModal() }[event.key];
  if (act) { event.preventDefault(); act(); }
});

function search() {
  const box = document.querySelector("[data-search]");
  if (box) { box.focus(); box.select(); } else openPalette();
}

function press(selector) {
  const target = document.querySelector(selector);
  if (!target || target.disabled) return false;
  target.click();
  return true;
}

// --- Questions before what cannot be taken back, busy buttons, toasts ------------------------------------------
const ask = document.getElementById("ask");

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = form.dataset.ask;
  if (question && ask && !form.dataset.sure) {
    event.preventDefault();
    ask.querySelector("h2").textContent = question;
    ask.querySelector("p").textContent = form.dataset.askMore ?? "";
    const yes = ask.querySelector('[value="yes"]');
    yes.textContent = event.submitter?.textContent.trim() ?? "";
    yes.onclick = () => { form.dataset.sure = "1"; ask.close(); form.requestSubmit(); };
    ask.showModal();
    return;
  }
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post" && !form.getAttribute("action")?.includes("format=csv")) {
    form.dataset.sent = "1";
    const button = event.submitter;
    setTimeout(() => button?.setAttribute("aria-busy", "true"), 300);
    setTimeout(() => { delete form.dataset.sent; button?.removeAttribute("aria-busy"); }, 8000);
  }
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
document.querySelectorAll('dialog [value="no"]').forEach((button) => button.addEventListener("click", () => button.closest("dialog").close()));

const toast = document.querySelector(".toast-place");
if (toast) {
  const url = new URL(location.href);
  url.searchParams.delete("done");
  history.replaceState(null, "", url);
  let gone;
  const leave = () => (gone = setTimeout(() => toast.remove(), 6000));
  toast.addEventListener("mouseenter", () => clearTimeout(gone));
  toast.addEventListener("mouseleave", leave);
  leave();
}
document.addEventListener("click", (event) =>
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.getElementById("errors")?.focus();
document.querySelectorAll("[data-js-only]").forEach((node) => (node.hidden = false));
