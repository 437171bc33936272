import { boxed, type Boxed, compareAddress, LIMIT, onBox, toggle } from "./box";
import { say } from "./say";

const FULL = `${LIMIT}개까지 담을 수 있습니다. 하나를 빼고 다시 담아 주세요.`;

/** The tray at the bottom of the page, and the count beside 보관함 in the header. */
class CompareTray extends HTMLElement {
  connectedCallback(): void {
    onBox(() => this.#draw(boxed()));
    document.addEventListener("pillnuts:full", () => {
      this.#note(FULL);
      say(FULL);
    });
  }

  #draw(products: readonly Boxed[]): void {
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-box]")) {
      link.href = compareAddress(products);
      link.querySelector(".count")!.textContent = products.length ? String(products.length) : "";
    }
    const tray = this.querySelector<HTMLElement>(".tray");
    if (!tray) return;
    tray.hidden = products.length === 0;
    this.#note("");
    tray.querySelector("ul")!.replaceChildren(...products.map((product) => this.#entry(product)));
    const go = tray.querySelector<HTMLAnchorElement>("a.button")!;
    go.href = compareAddress(products);
    // On the page where one more is chosen, a link to that page leads nowhere.
    go.hidden = products.length === 1 && go.href === location.href;
    go.textContent = products.length > 1 ? `${products.length}개 비교하기` : "하나 더 고르기";
  }

  #entry(product: Boxed): HTMLLIElement {
    const entry = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = product.name;
    name.title = product.name;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.setAttribute("aria-label", `${product.name} 빼기`);
    remove.append(this.querySelector<HTMLTemplateElement>("template")!.content.cloneNode(true));
    remove.addEventListener("click", () => {
      toggle(product);
      say(`${product.name} 뺐습니다.`);
      (this.querySelector<HTMLElement>("li button") ?? document.querySelector<HTMLElement>("main"))?.focus();
    });
    entry.append(name, remove);
    return entry;
  }

  #note(sentence: string): void {
    const note = this.querySelector("p");
    if (note) note.textContent = sentence;
  }
}

customElements.define("compare-tray", CompareTray);
