// The technician's page: steppers, the signature, and a draft on the phone that survives a dead spot.

const form = document.querySelector("form[data-draft]");
const key = form?.dataset.draft;
const status = form?.querySelector("[data-saved]");
const english = document.documentElement.lang === "en";
const WORDS = english
  ? { kept: "kept on this phone", saved: "saved", offline: "no connection: kept on this phone, sent later" }
  : { kept: "auf diesem Gerät gemerkt", saved: "gespeichert", offline: "keine Verbindung: auf diesem Gerät gemerkt, später gesendet" };

const own = (name) => !["csrf", "request_key", "version", "action"].includes(name);
const values = () => [...new FormData(form).entries()].filter(([name]) => own(name));

function keep() {
  localStorage.setItem(key, JSON.stringify({ version: form.elements.version.value, values: values() }));
  status.textContent = WORDS.kept;
}

function restore() {
  const kept = JSON.parse(localStorage.getItem(key) ?? "null");
  if (!kept || kept.version !== form.elements.version.value) return;
  for (const control of form.querySelectorAll("input[type=checkbox]")) control.checked = false;
  for (const [name, value] of kept.values) {
    const control = form.elements[name];
    if (!control || control.length !== undefined) continue;
    if (control.type === "checkbox") control.checked = true;
    else control.value = value;
  }
  status.textContent = WORDS.kept;
}

let waiting = 0;
async function send() {
  const body = new FormData(form);
  body.set("action", "save");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("application/json")) return;
    const { version, at } = await answer.json();
    form.elements.version.value = version;
    form.elements.request_key.value = crypto.randomUUID().replaceAll("-", "");
    localStorage.removeItem(key);
    status.textContent = `${WORDS.saved} ${at}`;
  } catch {
    status.textContent = WORDS.offline;
    clearTimeout(waiting);
    waiting = setTimeout(send, 20000);
  }
}

function changed() {
  keep();
  clearTimeout(waiting);
  waiting = setTimeout(send, 1500);
}

function sign(canvas) {
  const field = form.elements.signature;
  const pen = canvas.getContext("2d");
  const clear = form.querySelector("[data-clear]");
  let strokes = field.value ? JSON.parse(field.value) : [];
  const draw = () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(canvas).color;
    for (const stroke of strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.stroke();
    }
    field.value = strokes.length ? JSON.stringify(strokes) : "";
  };
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    const bound = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [bound(((event.clientX - box.left) / box.width) * 1000, 1000), bound(((event.clientY - box.top) / box.height) * 360, 360)];
  };
  let current = null;
  canvas.addEventListener("pointerdown", (event) => {
    current = [point(event)];
    strokes.push(current);
    canvas.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current) return;
    current.push(point(event));
    draw();
  });
  canvas.addEventListener("pointerup", () => {
    current = null;
    draw();
    changed();
  });
  clear.hidden = false;
  clear.addEventListener("click", () => {
    strokes = [];
    draw();
    changed();
  });
  draw();
}

if (form) {
  restore();
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => clearTimeout(waiting));
  window.addEventListener("online", send);
  sign(form.querySelector("[data-signature]"));
  for (const button of form.querySelectorAll("[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = button.parentElement.querySelector("input");
      const now = Number((field.value || "0").replace(",", "."));
      field.value = String(Math.max(0, now + Number(button.dataset.step))).replace(".", english ? "." : ",");
      changed();
    });
  }
}
