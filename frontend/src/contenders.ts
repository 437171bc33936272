import { type Boxed, putIn, takeOut } from "./box";

/** The cards of the compare page and the box agree: what was chosen is in it, what is taken out leaves it. */
export function followContenders(): void {
  putIn([...document.querySelectorAll<HTMLElement>("[data-put-in] > li")].map(product));
  for (const card of document.querySelectorAll<HTMLElement>(".contenders > li")) {
    card.querySelector("a.away")?.addEventListener("click", () => takeOut(product(card).item));
  }
}

function product(card: HTMLElement): Boxed {
  return { item: card.dataset["item"] ?? "", name: card.dataset["name"] ?? "" };
}
