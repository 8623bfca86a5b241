// Filters without leaving the page, and "/" to the page's main field. Without it the form asks the
// server and draws the same.
"use strict";

const filter = document.getElementById("filter");
let wait;

async function fill() {
  const address = `${filter.action}?${new URLSearchParams([...new FormData(filter)].filter(([, value]) => value))}`;
  const got = await fetch(address);
  if (!got.ok) { location.assign(address); return; }
  const page = new DOMParser().parseFromString(await got.text(), "text/html");
  const fresh = page.getElementById("answer");
  const status = document.getElementById("found");
  status.textContent = page.getElementById("found").textContent;
  fresh.querySelector("#found").replaceWith(status);
  document.getElementById("answer").replaceWith(fresh);
  history.replaceState(null, "", address);
}

if (filter) {
  filter.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(fill, 250); });
}
document.addEventListener("keydown", (event) => {
  const field = document.querySelector("main form input:not([type=hidden])");
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && field && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    field.focus();
  }
});
const problem = document.querySelector("[role=alert]");
if (problem) { problem.tabIndex = -1; problem.focus(); }
