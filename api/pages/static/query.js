// Makes the form quicker where script runs: the page stays, only the answer and the schema change.
// Without it the form posts and the server draws the same page.
"use strict";

const form = document.getElementById("ask");
const key = document.getElementById("key");
const kept = "justicegraph-key";

key.value = key.value || sessionStorage.getItem(kept) || "";

async function ask() {
  sessionStorage.setItem(kept, key.value);
  const answer = document.getElementById("answer");
  const waiting = setTimeout(() => { answer.textContent = "Reading the graph…"; }, 1000);
  try {
    const got = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const page = new DOMParser().parseFromString(await got.text(), "text/html");
    for (const part of ["#answer", "aside", "#types", ".release"]) {
      const fresh = page.querySelector(part);
      if (fresh) document.querySelector(part).replaceWith(fresh);
    }
    document.title = page.title || document.title;
    const problem = document.getElementById("problem");
    if (problem) problem.focus();
  } catch {
    answer.textContent = "The server did not answer. Try again.";
  } finally {
    clearTimeout(waiting);
  }
}

form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });

document.addEventListener("keydown", (event) => {
  const writing = event.target.matches("textarea, input");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && writing) ask();
  if (event.key === "/" && !writing) {
    event.preventDefault();
    document.getElementById("query").focus();
  }
});
