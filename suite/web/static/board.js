// Dragging a deal to another lane; the menu on each deal does the same without a mouse.

const board = document.querySelector(".board");
const csrf = document.querySelector('meta[name="csrf"]').content;
let dragged = null;

board?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-deal]");
  dragged?.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
});
board?.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  board.querySelectorAll(".is-target").forEach((lane) => lane.classList.remove("is-target"));
  dragged = null;
});
board?.addEventListener("dragover", (event) => {
  const lane = event.target.closest("[data-lane]");
  if (!dragged || !lane) return;
  event.preventDefault();
  board.querySelectorAll("[data-lane]").forEach((other) => other.classList.toggle("is-target", other === lane));
});
board?.addEventListener("drop", async (event) => {
  const lane = event.target.closest("[data-lane]");
  if (!dragged || !lane || dragged.closest("[data-lane]") === lane) return;
  event.preventDefault();
  const body = new FormData();
  body.set("stage", lane.dataset.lane);
  const answer = await fetch(`/opportunities/${dragged.dataset.deal}/move`, { method: "POST", body, headers: { "X-CSRF-Token": csrf, "X-Requested-With": "kontor" } });
  if (!answer.ok) { location.reload(); return; }
  const page = new DOMParser().parseFromString(await (await fetch("/pipeline")).text(), "text/html");
  board.innerHTML = page.querySelector(".board").innerHTML;
});
