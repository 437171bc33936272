import { say } from "./say";

// htmx brings new results; what lies around them (title, search field, screen reader) follows here.

export function watchResults(): void {
  const results = document.getElementById("results");
  if (!results) return;
  document.addEventListener("htmx:after:swap", () => follow(results));
  document.addEventListener("htmx:error", () => cannotReach(results));
}

function follow(results: HTMLElement): void {
  const { q, title, said } = results.querySelector<HTMLElement>("[data-said]")?.dataset ?? {};
  const field = document.querySelector<HTMLInputElement>(".search-bar input[type=search]");
  // Not under the fingers of somebody who already types on.
  if (field && q !== undefined && document.activeElement !== field) field.value = q;
  if (title) document.title = title;
  if (said) say(said);
}

function cannotReach(results: HTMLElement): void {
  const note = document.querySelector<HTMLTemplateElement>("#cannot-reach");
  if (!note) return;
  results.replaceChildren(note.content.cloneNode(true));
  results.querySelector("button")?.addEventListener("click", () => location.reload());
  say(results.textContent?.trim() ?? "");
}
