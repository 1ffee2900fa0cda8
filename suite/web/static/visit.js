// The technician's page: steppers, the signature, and a draft on the phone that survives a dead spot (draft.js).

const form = document.querySelector("form[data-draft]");
const comma = document.documentElement.lang === "en" ? "." : ",";

function sign(canvas, changed) {
  const field = canvas.closest("form").elements.signature;
  const pen = canvas.getContext("2d");
  const clear = canvas.closest("form").querySelector("[data-clear]");
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

function step(button, changed) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = button.parentElement.querySelector("input");
    const now = Number((field.value || "0").replace(",", "."));
    field.value = String(Math.max(0, now + Number(button.dataset.step))).replace(".", comma);
    changed();
  });
}

// A form of this page waits until what is under way has an answer: then its version is the right one.
function waitForDraft(other, draft) {
  other.addEventListener("submit", (event) => {
    clearTimeout(draft.waiting);
    if (!draft.isUnsettled) return;
    event.preventDefault();
    event.stopPropagation();
    draft.settle().then((isSettled) => isSettled && other.requestSubmit(event.submitter));
  });
}

if (form) {
  const { Draft } = await import(form.dataset.draftScript);
  const draft = new Draft(form);
  const changed = () => draft.changed();
  draft.restore();
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  window.addEventListener("online", () => draft.isToSend && draft.send());
  document.querySelectorAll("main form").forEach((each) => waitForDraft(each, draft));
  sign(form.querySelector("[data-signature]"), changed);
  form.querySelectorAll("[data-step]").forEach((button) => step(button, changed));
}

// The report is closed: nothing of it stays on the phone.
const over = document.querySelector("[data-draft-over]");
if (over) localStorage.removeItem(over.dataset.draftOver);
