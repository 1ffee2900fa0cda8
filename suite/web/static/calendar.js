// Dragging a visit to another lane or day; the form under each visit does the same without a mouse.

const board = document.querySelector(".days");
const csrf = document.querySelector('meta[name="csrf"]').content;
let dragged = null;

board?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-visit]");
  dragged?.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
});
board?.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  board.querySelectorAll(".is-target").forEach((lane) => lane.classList.remove("is-target"));
  dragged = null;
});
board?.addEventListener("dragover", (event) => {
  const lane = event.target.closest(".day-lane");
  if (!dragged || !lane) return;
  event.preventDefault();
  board.querySelectorAll(".day-lane").forEach((other) => other.classList.toggle("is-target", other === lane));
});
board?.addEventListener("drop", async (event) => {
  const lane = event.target.closest(".day-lane");
  if (!dragged || !lane || dragged.closest(".day-lane") === lane) return;
  event.preventDefault();
  const body = new FormData();
  body.set("starts_on", lane.dataset.day);
  body.set("starts_at", dragged.dataset.at);
  body.set("technician_id", lane.dataset.technician);
  body.set("version", dragged.dataset.version);
  await fetch(`/visits/${dragged.dataset.visit}/move`, { method: "POST", body, headers: { "X-CSRF-Token": csrf } });
  location.reload();
});
