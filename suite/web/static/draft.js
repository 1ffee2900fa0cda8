// A form's draft on the phone: it survives a dead spot and a reload, and is sent by itself, each save once.
// Kept are the values last known to be saved (`base`), an attempt whose fate is unknown (`sent`) and what stands
// in the form now (`values`). An attempt without an answer is repeated word for word under its own key: if it
// had arrived after all, the server gives the same answer again instead of a conflict.

const english = document.documentElement.lang === "en";
const WORDS = english
  ? {
      kept: "kept on this phone",
      saved: "saved",
      offline: "no connection: kept on this phone, sent later",
      refused: "not saved, kept on this phone:",
      away: "not saved, kept on this phone: sign in again in another tab",
      both: "Saved elsewhere meanwhile; the form keeps what you typed here. Saved there:",
    }
  : {
      kept: "auf diesem Gerät gemerkt",
      saved: "gespeichert",
      offline: "keine Verbindung: auf diesem Gerät gemerkt, später gesendet",
      refused: "nicht gespeichert, auf diesem Gerät gemerkt:",
      away: "nicht gespeichert, auf diesem Gerät gemerkt: Melden Sie sich in einem anderen Tab neu an",
      both: "Inzwischen anderswo gespeichert; das Formular behält Ihre Eingaben. Dort gespeichert:",
    };
const MACHINERY = ["csrf", "request_key", "version", "action"];
const PART = /^parts-(\d+)-(article|quantity|lot)$/;
// What only the last submit sends: it is kept on the phone until then.
const LOCAL = ["signature", "signer_name", "is_absent"];
const sendable = (values) => Object.fromEntries(Object.entries(values).filter(([name]) => !LOCAL.includes(name)));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const freshKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export class Draft {
  constructor(form) {
    this.form = form;
    this.key = form.dataset.draft;
    this.status = form.querySelector("[data-saved]");
    this.kept = { base: this.read(), sent: null, values: this.read() };
    this.waiting = 0;
    this.sending = null;
  }

  controls() {
    return [...this.form.elements].filter((control) => control.name && control.type !== "submit" && !MACHINERY.includes(control.name));
  }

  read() {
    return Object.fromEntries(this.controls().map((control) => [control.name, control.type === "checkbox" ? (control.checked ? "1" : "") : control.value]));
  }

  store(words) {
    localStorage.setItem(this.key, JSON.stringify(this.kept));
    this.status.textContent = words;
  }

  changed() {
    this.kept.values = this.read();
    this.store(WORDS.kept);
    if (this.isToSend) this.later(1500);
  }

  get isToSend() {
    return this.kept.sent !== null || !same(sendable(this.kept.values), sendable(this.kept.base));
  }

  later(wait) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.send(), wait);
  }

  // One attempt at a time; true once nothing is left whose fate is unknown.
  send() {
    clearTimeout(this.waiting);
    this.sending ??= this.attempt().finally(() => (this.sending = null));
    return this.sending;
  }

  async attempt() {
    const { form, kept } = this;
    kept.sent ??= { version: form.elements.version.value, key: freshKey(), values: this.read() };
    this.store(WORDS.kept);
    const body = new FormData();
    for (const [name, value] of Object.entries(kept.sent.values)) body.set(name, value);
    for (const [name, value] of [["csrf", form.elements.csrf.value], ["request_key", kept.sent.key], ["version", kept.sent.version], ["action", "save"]]) body.set(name, value);
    let answer;
    try {
      answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { Accept: "application/json" } });
    } catch {
      this.status.textContent = WORDS.offline;
      this.later(20000);
      return false;
    }
    return this.understand(answer);
  }

  async understand(answer) {
    const { form, kept } = this;
    const told = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json().catch(() => null) : null;
    if (!told) {
      // Nobody of ours answered, or we are signed out: what was sent stays to be sent.
      this.status.textContent = WORDS.away;
      this.later(20000);
      return false;
    }
    if (!answer.ok) {
      kept.sent = null;
      this.store(`${WORDS.refused} ${Object.values(told.errors ?? {}).join(" ")}`);
      if (told.conflict) location.reload();
      return true;
    }
    document.querySelectorAll("input[name='version']").forEach((field) => (field.value = told.version));
    kept.base = { ...kept.sent.values, ...Object.fromEntries(LOCAL.map((name) => [name, ""])) };
    kept.sent = null;
    kept.values = this.read();
    this.store(this.isToSend ? WORDS.kept : `${WORDS.saved} ${told.at}`);
    if (this.isToSend) this.later(1500);
    else if (!LOCAL.some((name) => kept.values[name])) localStorage.removeItem(this.key);
    return true;
  }

  // What is kept goes back into the form, field by field: only what was typed here and is not saved yet.
  restore() {
    const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
    if (!kept?.values || !kept.base) return;
    const clashes = [];
    for (const control of this.controls()) {
      const { name } = control;
      if (PART.test(name) || !(name in kept.values)) continue;
      const mine = kept.values[name];
      const page = control.type === "checkbox" ? (control.checked ? "1" : "") : control.value;
      if (mine === page || mine === kept.base[name]) continue;
      const known = page === kept.base[name] || page === kept.sent?.values[name] || "proposed" in control.dataset;
      if (!known && name !== "signature") clashes.push(page || "–");
      if (control.type === "checkbox") control.checked = mine === "1";
      else control.value = mine;
    }
    this.restoreParts(kept);
    const isLeft = !same(this.read(), this.kept.base);
    // A page that shows errors shows what was typed, not what is saved.
    if (this.form.ownerDocument.getElementById("errors")) this.kept.base = kept.base;
    else if (!isLeft) return localStorage.removeItem(this.key);
    this.kept.values = this.read();
    this.store(clashes.length ? `${WORDS.both} ${clashes.join(" · ")}` : WORDS.kept);
    this.kept.sent = kept.sent;
    if (this.isToSend && !clashes.length) this.later(1500);
  }

  restoreParts(kept) {
    const mine = parts(kept.values);
    const page = parts(this.read());
    if (same(mine, page) || same(mine, parts(kept.base))) return;
    const rows = [...this.form.querySelectorAll("[name$='-article']")].filter((article) => PART.test(article.name));
    const beside = (article, what) => this.form.elements[article.name.replace("article", what)];
    for (const article of rows) if (beside(article, "quantity").value) beside(article, "quantity").value = "0";
    for (const [number, lot, quantity] of mine) {
      const fits = (article) => article.value === number && (beside(article, "lot")?.value ?? "") === lot;
      const row = rows.find(fits) ?? rows.find((article) => !article.value);
      if (!row) continue;
      row.value = number;
      beside(row, "quantity").value = quantity;
    }
  }

  // Before the form itself is sent, what is under way must have an answer.
  async settle() {
    clearTimeout(this.waiting);
    if (this.sending) await this.sending;
    return this.kept.sent ? this.send() : true;
  }

  get isUnsettled() {
    return this.sending !== null || this.kept.sent !== null;
  }
}

// The parts of some values, each once as [article, lot, quantity]; rows that say nothing are left out.
function parts(values) {
  const rows = new Map();
  for (const [name, value] of Object.entries(values)) {
    const found = PART.exec(name);
    if (found) rows.set(found[1], { ...rows.get(found[1]), [found[2]]: value.trim() });
  }
  const said = [...rows.values()].filter((row) => row.article && row.quantity !== "0");
  return said.map((row) => [row.article, row.lot ?? "", row.quantity ?? ""]).sort();
}
