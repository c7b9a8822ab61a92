"use strict";

// The colours: the system's, unless somebody chose.
const colours = document.getElementById("colours");
const chosen = "greenline-colours";
function wear(name) {
  if (name === "system") delete document.documentElement.dataset.colours;
  else document.documentElement.dataset.colours = name;
}
try {
  colours.value = localStorage.getItem(chosen) || "system";
} catch {
  // A page that was opened as a file may have no storage: then a choice holds until it is closed.
}
if (!colours.value) colours.value = "system";
wear(colours.value);
colours.addEventListener("change", () => {
  wear(colours.value);
  try {
    localStorage.setItem(chosen, colours.value);
  } catch {
    // As above.
  }
});

// Tables: a button in a head sorts by its column, numbers the largest first.
function sortBy(head) {
  const table = head.closest("table");
  const column = head.cellIndex;
  const body = table.tBodies[0];
  const by = (row) => row.cells[column].dataset.by;
  const isNumber = body.rows.length > 0 && by(body.rows[0]) !== undefined;
  const before = head.getAttribute("aria-sort");
  const up = before ? before === "descending" : !isNumber;
  const compare = isNumber
    ? (one, other) => by(one) - by(other)
    : (one, other) => one.cells[column].textContent.localeCompare(other.cells[column].textContent);
  const rows = [...body.rows].sort((one, other) => (up ? compare(one, other) : compare(other, one)));
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  body.append(...rows);
}
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => sortBy(button.closest("th")));
}

const narrow = document.getElementById("narrow");
narrow?.addEventListener("input", () => {
  const wanted = narrow.value.toLowerCase();
  for (const row of document.querySelectorAll("#tables tbody tr")) {
    row.hidden = !row.textContent.toLowerCase().includes(wanted);
  }
});

// The map is one stop of the Tab key; the arrows go from tile to tile.
const tiles = [...document.querySelectorAll("a.tile")];
tiles.forEach((tile, at) => {
  tile.tabIndex = at ? -1 : 0;
  tile.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const next = tiles[at + (steps[event.key] || 0)];
    if (!steps[event.key] || !next) return;
    event.preventDefault();
    tile.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
});

// Sources are drawn when they are opened. All of their text goes in as text.
const meanings = { c: "covered", u: "not covered", p: "a branch is missed", "?": "changed since it was measured" };
function made(name, className, text) {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}
function lineOf(file, number, text, state, notes) {
  const row = made("span", `row ${state.trim()}`, "");
  row.id = `${file}-${number}`;
  const link = made("a", "", number);
  link.href = `#${row.id}`;
  const sign = made("span", `sign ${state === "?" ? "q" : state.trim()}`, "");
  if (meanings[state]) {
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", meanings[state]);
  }
  row.append(link, sign, text || " ");
  if (notes) row.append(made("em", "", notes.join(" ")));
  return row;
}
function draw(listing) {
  const held = listing.querySelector("script");
  if (!held) return;
  const { lines, states, notes } = JSON.parse(held.textContent);
  const code = made("pre", "code", "");
  code.tabIndex = 0;
  code.append(...lines.map((text, at) => lineOf(listing.id, at + 1, text, states[at] || " ", notes[at + 1])));
  held.replaceWith(code);
}
for (const listing of document.querySelectorAll("details.listing")) {
  listing.addEventListener("toggle", () => listing.open && draw(listing));
}

// A link to a file, or to a line of it, opens it first.
function follow(hash) {
  const found = /^#(f\d+)(-\d+)?$/.exec(hash);
  const listing = found && document.getElementById(found[1]);
  if (!listing) return;
  draw(listing);
  listing.open = true;
  const place = document.getElementById(hash.slice(1)) || listing;
  for (const other of document.querySelectorAll(".here")) other.classList.remove("here");
  place.classList.add("here");
  place.scrollIntoView({ block: place === listing ? "start" : "center" });
  place.querySelector("summary, a").focus({ preventScroll: true });
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#f']");
  if (link) follow(link.hash); // no change of the address may tell of it: it has that one, or is shown in an editor
});
addEventListener("hashchange", () => follow(location.hash));
follow(location.hash);
